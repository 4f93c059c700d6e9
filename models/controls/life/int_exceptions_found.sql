-- One row per exception that a control finds on the day of the position, with the keys that its job, deal or customer adds.
with found as (
    select * from {{ ref('int_control_exceptions') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

deals as (
    select * from {{ ref('dim_deal') }}
    where not is_unknown
),

-- The newest deal of a customer says who looks after it.
account_managers as (
    select customer_key, owner_key
    from deals
    where owner_key <> 'unknown' and customer_key <> 'unknown'
    qualify row_number() over (partition by customer_key order by created_on desc nulls last, deal_key nulls last) = 1
),

final as (
    select
        found.exception_key,
        found.control_id,
        found.entity,
        found.entity_id,
        found.source_system,
        case when found.deal_key <> 'unknown' then found.deal_key else coalesce(jobs.deal_key, 'unknown') end as deal_key,
        case when found.contract_key <> 'unknown' then found.contract_key else coalesce(jobs.contract_key, 'unknown') end as contract_key,
        found.job_key,
        found.work_order_key,
        found.delivery_key,
        found.invoice_key,
        found.product_key,
        case
            when found.customer_key <> 'unknown' then found.customer_key
            else coalesce(nullif(jobs.customer_key, 'unknown'), deals.customer_key, 'unknown')
        end as customer_key,
        coalesce(
            nullif(found.owner_key, 'unknown'), nullif(jobs.owner_key, 'unknown'), nullif(deals.owner_key, 'unknown'),
            account_managers.owner_key, 'unknown'
        ) as owner_key,
        found.occurred_on,
        found.period_starts_on,
        found.period_ends_on,
        found.currency,
        found.expected_amount,
        found.actual_amount,
        found.value_at_risk_amount,
        found.document_amount,
        found.cause,
        found.suggested_action,
        found.evidence
    from found
    left join jobs on found.job_key = jobs.job_key
    left join deals on found.deal_key = deals.deal_key
    left join account_managers
        on coalesce(nullif(found.customer_key, 'unknown'), nullif(jobs.customer_key, 'unknown'), deals.customer_key) = account_managers.customer_key
)

select * from final
