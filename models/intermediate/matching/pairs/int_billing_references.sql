-- One row per delivery and invoice line with evidence of what it answers, but for the day that a period's bill left out.
with open_deliveries as (
    {{ open_deliveries() }}
),

open_lines as (
    {{ open_billing() }}
),

reference_groups as (
    select * from {{ ref('int_billing_reference_groups') }}
),

deliveries as (
    select * from open_deliveries
    where document_amount > 0 or is_counted
),

lines as (
    select * from open_lines
    where (document_amount > 0 or is_counted) and not is_copy and not is_top_up
),

items as (
    select item_key, event_on, job_key, product_key, currency, document_amount, reporting_amount, quantity from deliveries
    union all
    select item_key, event_on, job_key, product_key, currency, document_amount, reporting_amount, quantity from lines
),

grouped as (
    select
        reference_groups.*,
        items.event_on,
        items.job_key,
        items.product_key,
        items.currency,
        items.document_amount,
        cast(
            case reference_groups.measured_by
                when 'quantity' then items.quantity when 'document' then items.document_amount else items.reporting_amount
            end as decimal(38, 6)
        ) as measure
    from reference_groups
    inner join items on reference_groups.item_key = items.item_key
),

-- By how much the bills of a period fall short of its work.
periods as (
    select
        reference_key,
        sum(case when side = 'from' then measure else -measure end) as short_measure
    from grouped
    where match_rule = 'billing_period'
    group by reference_key
),

-- Where they fall short by just one delivery, it is that one which they left out; of several the last.
left_out as (
    select
        grouped.item_key,
        grouped.job_key,
        grouped.product_key,
        grouped.event_on
    from grouped
    inner join periods on grouped.reference_key = periods.reference_key
    where grouped.side = 'from' and grouped.measure > 0 and grouped.measure = periods.short_measure
    qualify row_number() over (
        partition by grouped.reference_key
        order by grouped.event_on desc nulls last, grouped.item_key desc nulls last
    ) = 1
),

policies as (
    select * from {{ ref('int_job_policies') }}
),

-- Work that no bill answers by what it says, and whether some of it should have been billed by now.
open_work as (
    select
        deliveries.job_key,
        deliveries.product_key,
        min(deliveries.event_on) as first_on,
        max(case
            when
                policies.billing_window_days is not null
                and {{ plus_days(billing_due_on('deliveries.event_on', 'policies'), 'policies.billing_window_days') }} < {{ as_of() }}
                then 1
            else 0
        end) as late_count
    from deliveries
    left join policies on deliveries.job_key = policies.job_key
    left join grouped on deliveries.item_key = grouped.item_key
    left join periods on grouped.reference_key = periods.reference_key
    where grouped.item_key is null or periods.short_measure > 0
    group by deliveries.job_key, deliveries.product_key
),

-- What is billed in arrears above the work of its period answers no work that was done after the bill and is still to be billed. Work
-- whose time to be billed is over has no bill to come: the rest of this one answers it.
over_billed as (
    select grouped.item_key
    from grouped
    inner join periods on grouped.reference_key = periods.reference_key
    inner join policies on grouped.job_key = policies.job_key
    left join open_work on grouped.job_key = open_work.job_key and grouped.product_key = open_work.product_key
    where
        grouped.side = 'to' and periods.short_measure < 0 and policies.billing_rule in ('periodic_arrears', 'on_delivery')
        and coalesce(open_work.first_on > grouped.event_on and open_work.late_count = 0, true)
),

final as (
    select
        grouped.item_key,
        grouped.side,
        grouped.reference_key,
        grouped.match_rule,
        grouped.measured_by,
        over_billed.item_key is not null as is_above_its_period
    from grouped
    left join over_billed on grouped.item_key = over_billed.item_key
    left join left_out on grouped.item_key = left_out.item_key
    where left_out.item_key is null
)

select * from final
