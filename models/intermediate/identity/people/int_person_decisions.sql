-- One row per pair of person records that somebody judged, in one direction.
with links as (
    select * from {{ ref('person_links') }}
),

final as (
    select
        least(left_system || '|' || left_id, right_system || '|' || right_id)
        || ' = ' || greatest(left_system || '|' || left_id, right_system || '|' || right_id) as pair_id,
        left_system || '|' || left_id as left_record_id,
        right_system || '|' || right_id as right_record_id,
        decision,
        reason,
        decided_by,
        decided_on
    from links
)

select * from final
