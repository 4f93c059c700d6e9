-- One row per exception that follows from another, with the one that all of it follows from.
with recursive parents as (
    select exception_key, parent_exception_key from {{ ref('int_exception_parents') }}
    where not is_in_part
),

-- The table of precedence has no circles (a test), so each chain ends.
climbed as (
    select exception_key, parent_exception_key as root_exception_key, 1 as steps
    from parents
    union all
    select climbed.exception_key, parents.parent_exception_key, climbed.steps + 1
    from climbed
    inner join parents on climbed.root_exception_key = parents.exception_key
),

final as (
    select exception_key, root_exception_key
    from climbed
    qualify row_number() over (partition by exception_key order by steps desc nulls last) = 1
)

select * from final
