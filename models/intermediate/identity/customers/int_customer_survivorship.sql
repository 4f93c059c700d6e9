-- One row per attribute of a customer and system that the policy in force names, with its place in the order in which systems win.
with policy as (
    select * from {{ ref('customer_survivorship') }}
    where valid_from <= {{ as_of() }}
),

-- The newest order of an attribute replaces the whole of the one before.
in_force as (
    select *
    from policy
    qualify rank() over (partition by attribute order by valid_from desc nulls last) = 1
),

kinds as (
    select source_system, 'crm' as system_kind from {{ ref('int_source_systems') }} where is_crm
    union all
    select source_system, 'finance' from {{ ref('int_source_systems') }} where is_finance
    union all
    select source_system, 'operations' from {{ ref('int_source_systems') }} where is_operations
),

by_name as (
    select attribute, source_system, rank, source_system as named_as
    from in_force
    where source_system is not null
),

by_kind as (
    select in_force.attribute, kinds.source_system, in_force.rank, 'any system of kind ' || in_force.system_kind as named_as
    from in_force
    inner join kinds on in_force.system_kind = kinds.system_kind
    where in_force.source_system is null
),

named as (
    select *, 1 as closeness from by_name
    union all
    select *, 2 as closeness from by_kind
),

-- A system that is named itself has that place, whatever its kind; of two kinds the better place counts.
final as (
    select
        attribute,
        source_system,
        rank as policy_rank,
        named_as
    from named
    qualify row_number() over (
        partition by attribute, source_system
        order by closeness asc nulls last, rank asc nulls last, named_as asc nulls last
    ) = 1
)

select * from final
