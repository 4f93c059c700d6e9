-- One row per invoice line that bills money and no work: by its day all work that it could bill is billed already, for less than was agreed.
-- It makes up a rate that was billed too low, be it as a sum, or as hours at the difference.
with voided as (
    select distinct source_system, source_id as invoice_line_id from {{ ref('fct_stage_events') }}
    where stage = 'invoiced' and valuation_rule = 'voided'
),

corrected as (
    select distinct source_system, corrects_invoice_id as invoice_id from {{ ref('cnf_invoices') }}
    where corrects_invoice_id is not null
),

lines as (
    select
        events.event_key as item_key,
        events.job_key,
        events.product_key,
        events.currency,
        events.event_on,
        events.document_amount,
        events.document_amount + coalesce(records.discount_amount, 0) as list_amount,
        valued.period_starts_on,
        valued.period_ends_on,
        understood.base_unit,
        understood.quantity,
        {{ share('events.document_amount', '1', 'understood.quantity') }} as unit_price,
        events.quantity is null or events.quantity = 1 or understood.item_key is null as is_money,
        corrected.invoice_id is not null as is_corrected
    from {{ ref('fct_stage_events') }} as events
    inner join {{ ref('int_invoice_values') }} as valued on events.event_key = valued.event_key
    inner join {{ ref('cnf_invoice_lines') }} as records
        on valued.source_system = records.source_system and valued.invoice_line_id = records.invoice_line_id
    left join {{ ref('int_understood_quantities') }} as understood on events.event_key = understood.item_key
    left join {{ ref('int_duplicate_invoices') }} as copies
        on valued.source_system = copies.source_system and valued.invoice_id = copies.invoice_id
    left join voided on events.source_system = voided.source_system and events.source_id = voided.invoice_line_id
    left join corrected on valued.source_system = corrected.source_system and valued.invoice_id = corrected.invoice_id
    where
        events.stage = 'invoiced' and events.document_amount > 0 and events.job_key <> 'unknown'
        and copies.invoice_id is null and voided.invoice_line_id is null
),

deliveries as (
    select * from {{ ref('int_delivery_items') }}
    where is_counted and job_key is not null
),

billing as (
    select * from lines
    where quantity is not null and not is_corrected
),

-- What a line could bill: the work of its period, and all work done by its day.
scopes as (
    select *, 'period' as scope, period_starts_on as starts_on, period_ends_on as ends_on from lines
    where is_money and period_ends_on >= period_starts_on
    union all
    select *, 'so_far', null, event_on from lines
    where is_money
),

work as (
    select
        scopes.item_key,
        scopes.scope,
        deliveries.product_key,
        deliveries.base_unit,
        sum(deliveries.quantity) as quantity,
        sum(deliveries.document_amount) as amount,
        max(case when deliveries.unit_price = scopes.unit_price then 1 else 0 end) as is_at_a_price
    from scopes
    inner join deliveries on scopes.job_key = deliveries.job_key and scopes.currency = deliveries.currency
    where
        scopes.product_key in (deliveries.product_key, 'unknown')
        and deliveries.event_on between coalesce(scopes.starts_on, deliveries.event_on) and scopes.ends_on
    group by scopes.item_key, scopes.scope, deliveries.product_key, deliveries.base_unit
),

billed as (
    select
        scopes.item_key,
        scopes.scope,
        billing.product_key,
        billing.base_unit,
        sum(billing.quantity) as quantity,
        sum(billing.list_amount) as amount,
        max(case when billing.unit_price = scopes.unit_price then 1 else 0 end) as is_at_a_price
    from scopes
    inner join billing on scopes.job_key = billing.job_key and scopes.currency = billing.currency
    where
        scopes.product_key in (billing.product_key, 'unknown')
        and (scopes.scope = 'so_far' or (billing.period_starts_on >= scopes.starts_on and billing.period_ends_on <= scopes.ends_on))
        and (
            billing.event_on < scopes.event_on
            or (billing.event_on = scopes.event_on and billing.document_amount > scopes.document_amount)
            or (billing.event_on = scopes.event_on and billing.document_amount = scopes.document_amount and billing.item_key < scopes.item_key)
        )
    group by scopes.item_key, scopes.scope, billing.product_key, billing.base_unit
),

-- One more hour at the price of the others is an hour.
billed_for_less as (
    select work.item_key
    from work
    left join billed
        on
            work.item_key = billed.item_key and work.scope = billed.scope
            and work.product_key = billed.product_key and work.base_unit = billed.base_unit
    group by work.item_key, work.scope
    having
        min(case when billed.quantity >= work.quantity then 1 else 0 end) = 1
        and sum(billed.amount) < sum(work.amount)
        and max(work.is_at_a_price) + max(billed.is_at_a_price) = 0
),

final as (
    select distinct item_key from billed_for_less
)

select * from final
