-- One row per record and reason for which the bridge shows leakage: no other control asks about its delivery, bill, job or contract.
{% set asking = [
    'delivered_not_invoiced', 'work_order_not_invoiced', 'contract_period_not_billed', 'timesheet_paid_not_billed', 'placement_not_invoiced',
    'permanent_fee_not_invoiced', 'rebate_not_credited', 'change_order_not_billed', 'invoice_without_delivery', 'job_without_deal',
    'charge_rate_variance', 'quantity_variance', 'invoiced_above_contract', 'currency_mismatch', 'duplicate_invoice', 'delivery_billed_twice',
    'invoice_without_job', 'invoice_job_ambiguous',
] %}
with leakage as (
    select
        *,
        cast(sign(difference_amount) as {{ dbt.type_string() }}) as side,
        nullif(job_key, 'unknown') as job_link,
        nullif(contract_key, 'unknown') as contract_link
    from {{ ref('int_open_leakage') }}
),

asked as (
    {% for kind in ['delivery', 'invoice', 'job', 'contract'] %}
        {% for control in asking %}
            select {{ kind }}_key as link from {{ ref('ctl_' ~ control) }}
            {{ 'union' if not loop.last }}
        {% endfor %}
        {{ 'union' if not loop.last }}
    {% endfor %}
),

rules as (
    {{ control_rules('unclaimed_leakage') }}
),

judged as (
    select
        leakage.*,
        coalesce(of_deliveries.link, of_invoices.link, of_jobs.link, of_contracts.link) is null as is_left
    from leakage
    left join asked as of_deliveries on leakage.delivery_key = of_deliveries.link
    left join asked as of_invoices on leakage.invoice_key = of_invoices.link
    left join asked as of_jobs on leakage.job_link = of_jobs.link
    left join asked as of_contracts on leakage.contract_link = of_contracts.link
),

by_record as (
    select
        source_system,
        entity,
        entity_id,
        reason,
        reason || '|' || side as part,
        min(arose_on) as occurred_on,
        min(job_key) as job_key,
        min(contract_key) as contract_key,
        min(product_key) as product_key,
        min(customer_key) as customer_key,
        min(delivery_key) as delivery_key,
        min(invoice_key) as invoice_key,
        min(how_to_act) as how_to_act,
        sum(case when is_left then from_amount else 0 end) as from_amount,
        sum(case when is_left then to_amount else 0 end) as to_amount,
        sum(difference_amount) as all_amount,
        max(case when is_left then 1 else 0 end) as left_count
    from judged
    group by source_system, entity, entity_id, reason, side
),

examined as (
    select
        by_record.*,
        cast(by_record.all_amount as decimal(18, 2)) as examined_amount,
        '{{ var("reporting_currency") }}' as currency,
        cast(by_record.from_amount as decimal(18, 2)) as expected_amount,
        cast(by_record.to_amount as decimal(18, 2)) as actual_amount,
        cast(by_record.from_amount - by_record.to_amount as decimal(18, 2)) as at_risk_amount,
        by_record.reason as cause,
        '{record}: ' || by_record.how_to_act as suggested_action,
        by_record.left_count > 0 as is_exception
    from by_record
    inner join rules on {{ in_force('by_record.occurred_on') }}
),

final as (
    {{ control_rows('unclaimed_leakage', none,
        has=['part', 'job_key', 'contract_key', 'delivery_key', 'invoice_key', 'product_key', 'customer_key'],
        evidence=['reason', 'occurred_on', 'expected_amount', 'actual_amount', 'currency']) }}
)

select * from final
