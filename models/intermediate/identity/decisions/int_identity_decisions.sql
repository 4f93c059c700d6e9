-- One row per pair of records of one kind (customer, product, person) that a person judged, in one direction.
{% set seeds = {'customer': 'customer_links', 'product': 'product_links', 'person': 'person_links'} %}
with links as (
    {% for entity, seed in seeds.items() %}
        select
            '{{ entity }}' as entity,
            left_system || '|' || left_id as left_record_id,
            right_system || '|' || right_id as right_record_id,
            decision,
            reason,
            decided_by,
            decided_on
        from {{ ref(seed) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        entity,
        least(left_record_id, right_record_id) || ' = ' || greatest(left_record_id, right_record_id) as pair_id,
        left_record_id,
        right_record_id,
        decision,
        reason,
        decided_by,
        decided_on
    from links
)

select * from final
