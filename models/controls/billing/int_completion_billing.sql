-- One row per fixed price that is complete and that no source records as a delivery: what of it is open in the bridge, and when it was to be billed.
with completions as (
    select
        derived.event_key,
        derived.job_key,
        derived.product_key,
        derived.source_system,
        derived.source_id as job_id,
        derived.event_on,
        derived.currency,
        derived.document_amount,
        derived.valuation_rule,
        events.reporting_amount
    from {{ ref('int_derived_delivery_values') }} as derived
    inner join {{ ref('fct_stage_events') }} as events on derived.event_key = events.event_key
    -- A fee that goes back is derived, too.
    where derived.document_amount > 0
),

-- The last work order of a product completes it; one that names no product stands for all of its job.
last_work_orders as (
    select job_key, product_key, work_order_key from {{ ref('dim_work_order') }}
    where status = 'completed'
    qualify row_number() over (
        partition by job_key, product_key
        order by completed_on desc nulls last, work_order_key nulls last
    ) = 1
),

parts as (
    select
        matched.from_item_key as event_key,
        sum(case when matched.match_rule = 'unmatched' then matched.from_document_amount else 0 end) as open_amount
    from {{ ref('int_delivered_to_invoiced') }} as matched
    group by matched.from_item_key
),

-- What does not count yet is in no part.
final as (
    select
        completions.event_key,
        completions.source_system,
        completions.job_id,
        completions.job_key,
        completions.product_key,
        case
            when completions.valuation_rule = 'work_order_completed'
                then coalesce(of_product.work_order_key, of_job.work_order_key)
        end as work_order_key,
        completions.event_on,
        completions.currency,
        completions.document_amount as value_amount,
        completions.reporting_amount as value_reporting_amount,
        cast(parts.open_amount as decimal(18, 2)) as open_amount,
        policies.billing_rule,
        completions.valuation_rule,
        {{ plus_days(billing_due_on('completions.event_on', 'policies'), 'policies.billing_window_days') }} as bill_by_on,
        parts.open_amount * 2 < completions.document_amount as is_billed
    from completions
    inner join parts on completions.event_key = parts.event_key
    inner join {{ ref('int_job_policies') }} as policies on completions.job_key = policies.job_key
    left join last_work_orders as of_product
        on completions.job_key = of_product.job_key and completions.product_key = of_product.product_key
    left join last_work_orders as of_job on completions.job_key = of_job.job_key and of_job.product_key = 'unknown'
    left join {{ ref('int_work_before_the_books') }} as old_work on completions.event_key = old_work.event_key
    where old_work.event_key is null
)

select * from final
