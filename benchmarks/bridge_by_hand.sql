-- The least that anyone could do: what each job was booked, delivered, invoiced, recognised and paid, and what is between them.
create or replace table bridge_by_job as
with amounts as (
    select
        job_key,
        sum(case when stage = 'booked' then reporting_amount else 0 end) as booked_amount,
        sum(case when stage in ('booked', 'change_order') then reporting_amount else 0 end) as contracted_amount,
        sum(case when stage = 'delivered' then reporting_amount else 0 end) as delivered_amount,
        sum(case when stage in ('invoiced', 'credited') then reporting_amount else 0 end) as invoiced_amount,
        sum(case when stage = 'recognised' then reporting_amount else 0 end) as recognised_amount,
        sum(case when stage = 'cash' then reporting_amount else 0 end) as cash_amount
    from built.marts.fct_stage_events
    group by job_key
)

select
    *,
    booked_amount - contracted_amount as booked_to_contracted,
    contracted_amount - delivered_amount as contracted_to_delivered,
    delivered_amount - invoiced_amount as delivered_to_invoiced,
    delivered_amount - recognised_amount as delivered_to_recognised,
    invoiced_amount - cash_amount as invoiced_to_cash
from amounts;
