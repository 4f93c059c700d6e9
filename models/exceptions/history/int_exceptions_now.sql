-- One row per exception on the day of the position: what it follows from in the end, and what of its money counts.
-- Money that lies in a gap of the bridge counts as far as the bridge's items hold it (docs/decisions/0017).
with recursive found as (
    select * from {{ ref('int_exceptions_found') }}
),

rules as (
    select * from {{ ref('int_control_rules') }}
),

parents as (
    select * from {{ ref('int_exception_parents') }}
),

-- The table of precedence has no circles (a test), so each chain of those that follow wholly ends.
climbed as (
    select exception_key, parent_exception_key as root_exception_key, 1 as steps
    from parents
    where not is_in_part
    union all
    select climbed.exception_key, parents.parent_exception_key, climbed.steps + 1
    from climbed
    inner join parents on climbed.root_exception_key = parents.exception_key
    where not parents.is_in_part
),

roots as (
    select exception_key, root_exception_key
    from climbed
    qualify row_number() over (partition by exception_key order by steps desc nulls last) = 1
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
    select * from parents
    where is_in_part
),

final as (
    select
        found.*,
        rules.severity,
        rules.risk_kind,
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
)

select * from final
