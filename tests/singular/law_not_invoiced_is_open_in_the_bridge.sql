{{ config(tags=['law'], severity='error') }}
-- What this is: what the bridge settles is not "not invoiced". A control that says of work that nobody billed it speaks of work that the
--   bridge holds open, or of an order of days: of its job or contract something is open.
-- When it fails: an exception tells somebody to bill what is billed.
-- How to resolve: compare the exception's deliveries in fct_bridge with the rule of the control; int_delivery_billing says how a delivery was billed.
with exceptions as (
    select * from {{ ref('fct_exceptions') }}
    where
        status <> 'resolved'
        and control_id in (
            'delivered_not_invoiced', 'work_order_not_invoiced', 'contract_period_not_billed', 'change_order_not_billed', 'timesheet_paid_not_billed'
        )
),

billing as (
    select * from {{ ref('int_delivery_billing') }}
),

-- In the bridge a delivery is open in its one-sided items; one without a rate is in none.
pieces as (
    select
        from_event_key as event_key,
        sum(case when reason = 'settled' then 0 else from_amount end) as open_amount
    from {{ ref('fct_bridge') }}
    where gap = 'delivered_to_invoiced' and from_event_key is not null and reason <> 'rate_missing'
    group by from_event_key
),

worked as (
    select
        billing.*,
        pieces.open_amount as bridge_amount,
        sum(pieces.open_amount) over (partition by billing.job_key) as job_amount
    from billing
    inner join pieces on billing.event_key = pieces.event_key
),

concerned as (
    select exceptions.exception_key, worked.bridge_amount, worked.job_amount
    from exceptions
    inner join worked on exceptions.delivery_key = worked.delivery_key
    union all
    select exceptions.exception_key, worked.bridge_amount, worked.job_amount
    from exceptions
    inner join worked on exceptions.work_order_key = worked.work_order_key
    where exceptions.control_id = 'work_order_not_invoiced'
    union all
    select exceptions.exception_key, worked.bridge_amount, worked.job_amount
    from exceptions
    inner join worked on exceptions.contract_key = worked.contract_key and exceptions.period_starts_on = worked.billing_starts_on
    where exceptions.control_id = 'contract_period_not_billed'
)

select exception_key
from concerned
group by exception_key
having sum(bridge_amount) = 0 and max(job_amount) = 0
