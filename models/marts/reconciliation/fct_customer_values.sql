-- One row per customer record and attribute that it says something of: the value that dim_customer shows, and those that lost to it.
with ranked as (
    select * from {{ ref('int_customer_values') }}
),

survivors as (
    select
        *,
        count(*) over (partition by customer_key, attribute) as record_count
    from ranked
    qualify value_rank = 1
),

compared as (
    select
        ranked.*,
        survivors.attribute_value as surviving_value,
        survivors.source_system as surviving_system,
        survivors.named_as as surviving_named_as,
        survivors.policy_rank as surviving_policy_rank,
        survivors.record_count,
        coalesce({{ cleaned_code('ranked.attribute_value') }} = {{ cleaned_code('survivors.attribute_value') }}, false)
        or ranked.attribute_value = survivors.attribute_value as is_same_value,
        min(case when ranked.value_rank > 1 then coalesce(ranked.policy_rank, 999999) end) over (
            partition by ranked.customer_key, ranked.attribute
        ) as next_policy_rank
    from ranked
    inner join survivors on ranked.customer_key = survivors.customer_key and ranked.attribute = survivors.attribute
),

final as (
    select
        {{ make_key(['source_system', 'customer_id', 'attribute']) }} as customer_value_key,
        customer_key,
        attribute,
        attribute_value,
        surviving_value,
        source_system,
        customer_id,
        cast(value_rank as integer) as value_rank,
        cast(policy_rank as integer) as policy_rank,
        case
            when record_count = 1 then 'no other record has one'
            when value_rank = 1 and policy_rank < next_policy_rank then 'policy puts ' || named_as || ' first'
            when value_rank = 1 then 'policy puts no other system before it, and its record speaks for the customer before the others that have one'
            when coalesce(policy_rank, 999999) > surviving_policy_rank then 'policy puts ' || surviving_named_as || ' first'
            else 'the record of ' || surviving_system || ' speaks for the customer before it'
        end as reason,
        value_rank = 1 as is_surviving,
        is_same_value
    from compared
)

select * from final
