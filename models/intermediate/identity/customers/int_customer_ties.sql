-- One row per customer record that is with others, with the rule that ties it to the record that speaks for its customer: the strongest by which
-- a way from one to the other exists.
{%- set rules = ['decision', 'merge', 'cross_reference', 'tax_number', 'registration_number', 'web_domain', 'name_and_country', 'probability'] %}
with keys as (
    select * from {{ ref('int_customer_keys') }}
),

speakers as (
    select customer_key, record_id as speaker_id
    from keys
    where position = 1
),

{% for rule in rules %}
    by_{{ rule }} as (
        select record_id, cluster_id from {{ ref('int_customers_by_' ~ rule) }}
    ),

{% endfor %}
ranked as (
    select
        keys.record_id,
        keys.customer_key,
        keys.position,
        case
            {% for rule in rules %}
                when {{ rule }}.cluster_id = {{ rule }}_speaker.cluster_id then {{ loop.index }}
            {% endfor %}
        end as rule_rank
    from keys
    inner join speakers on keys.customer_key = speakers.customer_key
    {% for rule in rules %}
        inner join by_{{ rule }} as {{ rule }} on keys.record_id = {{ rule }}.record_id
        inner join by_{{ rule }} as {{ rule }}_speaker on speakers.speaker_id = {{ rule }}_speaker.record_id
    {% endfor %}
),

-- The record that speaks is tied to its customer by the strongest link that any other has to it.
told as (
    select
        record_id,
        customer_key,
        case
            when position = 1
                then min(case when position > 1 then rule_rank end) over (partition by customer_key)
            else rule_rank
        end as rule_rank
    from ranked
),

final as (
    select
        record_id,
        customer_key,
        case rule_rank
            {% for rule in rules %}
                when {{ loop.index }} then '{{ 'merged' if rule == 'merge' else rule }}'
            {% endfor %}
        end as match_rule
    from told
    where rule_rank is not null
)

select * from final
