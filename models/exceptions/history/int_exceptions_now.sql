-- One row per exception on the day of the position: whose it is, what it follows from, and what of its money counts.
-- Money that lies in a gap of the bridge counts as far as the bridge's pieces hold it (docs/decisions/0017).
with found as (
    select * from {{ ref('int_exceptions_found') }}
),

rules as (
    select * from {{ ref('int_control_rules') }}
),

roots as (
    select * from {{ ref('int_exception_roots') }}
),

-- What the bridge does not call leakage is no loss, whatever the control is for.
tied as (
    select
        exception_key,
        sum(counted_amount) as counted_amount,
        sum(case when gap_class = 'leakage' then counted_amount else 0 end) as leakage_amount
    from {{ ref('int_exception_pieces') }}
    group by exception_key
),

-- What other exceptions count of a tie-out it does not count again.
parts as (
    select * from {{ ref('int_exception_parents') }}
    where is_in_part
),

people as (
    select * from {{ ref('dim_person') }}
),

responsible as (
    select * from {{ ref('responsibilities') }}
    where valid_from <= {{ as_of() }} and (valid_to is null or valid_to >= {{ as_of() }})
),

-- A role's own row for a system comes before the one for all systems.
systems as (
    select
        roles.owner_role,
        systems.source_system,
        coalesce(own.responsible, shared.responsible) as responsible
    from (select distinct owner_role from rules) as roles
    cross join {{ ref('int_source_systems') }} as systems
    left join responsible as own on roles.owner_role = own.owner_role and systems.source_system = own.source_system
    left join responsible as shared on roles.owner_role = shared.owner_role and shared.source_system is null
),

final as (
    select
        found.*,
        rules.owner_role,
        rules.severity,
        rules.risk_kind,
        case
            when rules.owner_role = 'account_manager' and found.owner_key <> 'unknown' then coalesce(people.full_name, systems.responsible, 'nobody')
            else coalesce(systems.responsible, 'nobody')
        end as owner,
        roots.root_exception_key,
        cast(case
            when roots.root_exception_key is not null then 0
            when rules.bridge_gap is not null then coalesce(tied.counted_amount, 0)
            when parts.exception_key is not null
                then least(
                    found.value_at_risk_amount,
                    coalesce({{ share('found.value_at_risk_amount', 'abs(parts.rest_amount)', 'abs(parts.new_amount)') }}, 0)
                )
            else found.value_at_risk_amount
        end as decimal(18, 2)) as counted_amount,
        cast(case
            when roots.root_exception_key is not null or rules.risk_kind <> 'loss' then 0
            when rules.bridge_gap is not null then coalesce(tied.leakage_amount, 0)
            else found.value_at_risk_amount
        end as decimal(18, 2)) as counted_loss_amount
    from found
    inner join rules on found.control_id = rules.control_id and {{ in_force('found.occurred_on') }}
    left join roots on found.exception_key = roots.exception_key
    left join tied on found.exception_key = tied.exception_key
    left join parts on found.exception_key = parts.exception_key
    left join people on found.owner_key = people.person_key
    left join systems on rules.owner_role = systems.owner_role and found.source_system = systems.source_system
)

select * from final
