-- One row per invoice line on delivery terms: what it bills was not delivered.
with lines as (
    select lines.*
    from {{ ref('int_live_invoice_lines') }} as lines
    left join {{ ref('int_before_the_books') }} as before_the_books
        on
            lines.source_system = before_the_books.source_system
            and lines.invoice_id = before_the_books.document_id
            and before_the_books.document_kind = 'invoice'
    where lines.signed_net_amount > 0 and before_the_books.document_id is null
),

jobs as (
    select
        jobs.*,
        coalesce(contracts.billing_rule, policy.billing_rule) as billing_rule
    from {{ ref('int_job_terms') }} as jobs
    left join {{ ref('dim_contract') }} as contracts on jobs.contract_key = contracts.contract_key and not contracts.is_unknown
    left join {{ ref('billing_policy') }} as policy on jobs.job_type = policy.job_type
),

line_references as (
    select * from {{ ref('int_line_references') }}
),

delivered as (
    select
        {{ make_key(['source_system', 'delivery_id']) }} as delivery_key,
        work_order_key,
        job_key
    from {{ ref('int_delivery_terms') }}
    where status = 'approved' and delivered_on <= {{ as_of() }}
),

delivered_jobs as (
    select job_key, count(*) as delivery_count from delivered group by job_key
),

delivered_work_orders as (
    select distinct work_order_key from delivered
),

-- What a line names, and whether it was delivered.
named as (
    select
        line_references.source_system,
        line_references.invoice_line_id,
        max(case when delivered.delivery_key is not null or delivered_work_orders.work_order_key is not null then 1 else 0 end) as is_delivered
    from line_references
    left join delivered on line_references.delivery_key = delivered.delivery_key
    left join delivered_work_orders on line_references.work_order_key = delivered_work_orders.work_order_key
    group by line_references.source_system, line_references.invoice_line_id
),

-- A number in the form in which the company numbers its deliveries: where none has it, the line names what is not there.
company_forms as (
    select distinct
        systems.legal_entity,
        {{ extract_first("upper(deliveries.delivery_id)", "^([A-Z]+[^A-Z0-9]?)[0-9]+$") }} as form
    from {{ ref('int_delivery_terms') }} as deliveries
    inner join {{ ref('int_source_systems') }} as systems on deliveries.source_system = systems.source_system
),

tokens as (
    select
        lines.source_system,
        lines.invoice_line_id,
        systems.legal_entity,
        {{ each_match("upper(coalesce(lines.delivery_id, '') || ' ' || coalesce(lines.description, ''))", "[A-Z]+[^A-Z0-9]?[0-9]+") }} as token
    from lines
    inner join {{ ref('int_source_systems') }} as systems on lines.source_system = systems.source_system
),

phantoms as (
    select
        tokens.source_system,
        tokens.invoice_line_id,
        min(tokens.token) as named_id
    from tokens
    inner join company_forms
        on
            tokens.legal_entity = company_forms.legal_entity
            and {{ extract_first("tokens.token", "^([A-Z]+[^A-Z0-9]?)[0-9]+$") }} = company_forms.form
    group by tokens.source_system, tokens.invoice_line_id
),

-- What the bridge finds billed with nothing delivered for it, and what it finds owed all the same: a fee for calling off.
settled as (
    select
        records.source_system,
        records.source_id as invoice_line_id,
        sum(case when bridge.reason = 'billed_without_delivery' then -bridge.difference_amount else 0 end) as over_amount,
        sum(case when bridge.reason = 'cancellation_fee' then 1 else 0 end) as fee_count,
        max(records.reporting_amount) as line_amount
    from {{ ref('fct_bridge') }} as bridge
    inner join {{ ref('fct_stage_events') }} as records on bridge.to_event_key = records.event_key
    where bridge.gap = 'delivered_to_invoiced'
    group by records.source_system, records.source_id
),

rules as (
    {{ control_rules('invoice_without_delivery') }}
),

examined as (
    select
        lines.invoice_line_id as entity_id,
        lines.source_system,
        lines.job_key,
        lines.invoice_key,
        lines.product_key,
        lines.customer_key,
        lines.issued_on as occurred_on,
        lines.invoice_number,
        lines.description,
        lines.quantity,
        coalesce(lines.delivery_id, phantoms.named_id) as named_id,
        jobs.billing_rule,
        lines.currency,
        lines.net_amount,
        cast(case
            when settled.over_amount > 0 then lines.net_amount - {{ share('lines.net_amount', 'settled.over_amount', 'settled.line_amount') }}
            else 0
        end as decimal(18, 2)) as expected_amount,
        lines.net_amount as actual_amount,
        cast(case
            when settled.over_amount > 0 then {{ share('lines.net_amount', 'settled.over_amount', 'settled.line_amount') }}
            else lines.net_amount
        end as decimal(18, 2)) as at_risk_amount,
        lines.net_amount as examined_amount,
        case
            when lines.delivery_id is not null or phantoms.named_id is not null then 'names_no_delivery'
            when delivered_jobs.job_key is null then 'job_without_deliveries'
            else 'more_than_delivered'
        end as cause,
        'Record the delivery that ' || lines.invoice_number || ' bills, or credit the line' as suggested_action,
        (
            coalesce(settled.over_amount, 0) > rules.tolerance_amount
            or (
                coalesce(named.is_delivered, 0) = 0 and coalesce(settled.fee_count, 0) = 0
                and (lines.delivery_id is not null or phantoms.named_id is not null or delivered_jobs.job_key is null)
            )
        )
        and {{ window_passed('lines.issued_on') }} as is_exception
    from lines
    inner join jobs on lines.job_key = jobs.job_key
    inner join rules on {{ in_force('lines.issued_on') }}
    left join named on lines.source_system = named.source_system and lines.invoice_line_id = named.invoice_line_id
    left join phantoms on lines.source_system = phantoms.source_system and lines.invoice_line_id = phantoms.invoice_line_id
    left join settled on lines.source_system = settled.source_system and lines.invoice_line_id = settled.invoice_line_id
    left join delivered_jobs on lines.job_key = delivered_jobs.job_key
    where jobs.billing_rule in ('on_delivery', 'periodic_arrears')
),

final as (
    {{ control_rows('invoice_without_delivery', 'invoice_lines', has=['job_key', 'invoice_key', 'product_key', 'customer_key'],
        evidence=['invoice_number', 'description', 'named_id', 'billing_rule', 'quantity', 'net_amount', 'currency']) }}
)

select * from final
