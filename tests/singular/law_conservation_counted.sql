{{ config(tags=['law'], severity='error') }}
-- What this is: what counts is what fct_stage_events holds, for each system, stage and currency (deliveries by unit,
-- cash with its tax share).
-- When it fails: an event was lost or doubled between its value and the mart, or an application of cash does not add up
-- to nothing.
-- How to resolve: compare int_stage_values with the valuation model of the stage that is named.
with counted as (
    select source_system, stage, denomination, sum(counted_amount) as amount
    from {{ ref('int_landed_by_cause') }}
    where stage <> 'none'
    group by source_system, stage, denomination
),

-- A placement's contract is booked without a line of its own, and time costs the rate of its day without a cost of its
-- own; a completed fixed
-- price and a rebate are deliveries without a quantity.
of_no_line as (
    select source_system, 'booked' as stage, currency as denomination, cast(sum(document_amount) as decimal(38, 6)) as amount
    from {{ ref('int_placement_bookings') }}
    where left_out_reason is null and event_on <= {{ as_of() }}
    group by source_system, currency
    union all
    select source_system, 'cost', currency, cast(sum(document_amount) as decimal(38, 6))
    from {{ ref('int_loaded_labour') }}
    where left_out_reason is null and event_on <= {{ as_of() }}
    group by source_system, currency
),

expected as (
    select source_system, stage, denomination, sum(amount) as amount
    from (
        select * from counted
        union all
        select * from of_no_line
    ) as both_kinds
    group by source_system, stage, denomination
),

events as (
    select
        source_system,
        stage,
        coalesce(case when stage = 'delivered' then unit else currency end, 'none') as denomination,
        sum(case
            when stage = 'delivered' then cast(quantity as decimal(38, 6))
            when stage = 'cash' then cast(document_amount + tax_amount as decimal(38, 6))
            else cast(document_amount as decimal(38, 6))
        end) as amount
    from {{ ref('fct_stage_events') }}
    group by source_system, stage, coalesce(case when stage = 'delivered' then unit else currency end, 'none')
)

select
    coalesce(expected.source_system, events.source_system) as source_system,
    coalesce(expected.stage, events.stage) as stage,
    coalesce(expected.denomination, events.denomination) as denomination,
    expected.amount as expected_amount,
    events.amount as actual_amount
from expected
full outer join events
    on
        expected.source_system = events.source_system
        and expected.stage = events.stage
        and expected.denomination = events.denomination
where coalesce(expected.amount, 0) <> coalesce(events.amount, 0)
