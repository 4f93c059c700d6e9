-- One row per pair of customer records that likeness would join and that are two customers still: what a person can answer.
with links as (
    select * from {{ ref('int_customer_links') }}
    where link_status <> 'rejected'
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

paired as (
    select
        links.*,
        lefts.customer_key as left_customer_key,
        rights.customer_key as right_customer_key
    from links
    inner join keys as lefts on links.left_record_id = lefts.record_id
    inner join keys as rights on links.right_record_id = rights.record_id
    where lefts.customer_key <> rights.customer_key
),

systems as (
    select distinct customer_key, source_system
    from keys
),

-- Some system has both of them, beside each other.
beside as (
    select distinct paired.pair_id
    from paired
    inner join systems as lefts on paired.left_customer_key = lefts.customer_key
    inner join systems as rights on paired.right_customer_key = rights.customer_key and lefts.source_system = rights.source_system
),

-- A system that has both, with another role, number or legal form in their names, means two: as within one system. Not at one door with one
-- telephone: names alone do not outweigh them.
final as (
    select paired.*
    from paired
    left join beside on paired.pair_id = beside.pair_id
    where
        beside.pair_id is null
        or (paired.support_count >= 2 and paired.held_back_by <> 'their legal forms differ')
        or (paired.is_of_lists and paired.held_back_by = 'their legal forms differ')
        or paired.held_back_by is null
        or paired.held_back_by not in (
            'their legal forms differ', 'one name says more: a role, a place or a number', 'their names say two companies'
        )
)

select * from final
