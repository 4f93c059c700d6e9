-- One row per invoice line that bills money and no work: by its day all work that it could bill is billed already, for less than was agreed.
-- It makes up a rate that was billed too low, be it as a sum, or as hours at the difference.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where stage = 'invoiced' and document_amount > 0 and job_key <> 'unknown'
),

voided as (
    select distinct source_system, source_id as invoice_line_id from {{ ref('fct_stage_events') }}
    where stage = 'invoiced' and valuation_rule = 'voided'
),

corrected as (
    select distinct source_system, corrects_invoice_id as invoice_id from {{ ref('cnf_invoices') }}
    where corrects_invoice_id is not null
),

work_orders_in_text as (
    select event_key from {{ ref('int_line_references') }}
    where rule = 'work_order_in_text'
    group by event_key
    having count(*) = 1
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
        coalesce(events.quantity, 1) = 1 or understood.item_key is null as is_money,
        named.item_key is not null or in_text.event_key is not null or events.work_order_key <> 'unknown' as names_work,
        corrected.invoice_id is not null as is_corrected
    from events
    inner join {{ ref('int_invoice_values') }} as valued on events.event_key = valued.event_key
    inner join {{ ref('cnf_invoice_lines') }} as records
        on valued.source_system = records.source_system and valued.invoice_line_id = records.invoice_line_id
    left join {{ ref('int_understood_quantities') }} as understood on events.event_key = understood.item_key
    left join {{ ref('int_named_deliveries') }} as named on events.event_key = named.item_key
    left join work_orders_in_text as in_text on events.event_key = in_text.event_key
    left join {{ ref('int_duplicate_invoices') }} as copies
        on valued.source_system = copies.source_system and valued.invoice_id = copies.invoice_id
    left join voided on events.source_system = voided.source_system and events.source_id = voided.invoice_line_id
    left join corrected on valued.source_system = corrected.source_system and valued.invoice_id = corrected.invoice_id
    where copies.invoice_id is null and voided.invoice_line_id is null
),

-- The work, and the lines that bill its quantity.
counted as (
    select
        item_key, 'from' as side, job_key, product_key, currency, base_unit, event_on, quantity, unit_price, document_amount,
        document_amount as list_amount, cast(null as date) as period_starts_on, cast(null as date) as period_ends_on
    from {{ ref('int_delivery_items') }}
    where is_counted and job_key is not null
    union all
    select
        item_key, 'to', job_key, product_key, currency, base_unit, event_on, quantity, unit_price, document_amount,
        list_amount, period_starts_on, period_ends_on
    from lines
    where quantity is not null and not is_corrected
),

-- What a line could bill: the work of its period, and all work done by its day.
scopes as (
    select *, 'period' as scope, period_starts_on as starts_on, period_ends_on as ends_on from lines
    where is_money and not names_work and period_ends_on >= period_starts_on
    union all
    select *, 'so_far', null, event_on from lines
    where is_money and not names_work
),

measured as (
    select
        scopes.item_key,
        scopes.scope,
        counted.product_key,
        counted.base_unit,
        sum(case when counted.side = 'from' then counted.quantity end) as quantity,
        sum(case when counted.side = 'from' then counted.document_amount end) as amount,
        sum(case when counted.side = 'to' then counted.quantity end) as billed_quantity,
        sum(case when counted.side = 'to' then counted.list_amount end) as billed_amount
    from scopes
    inner join counted on scopes.job_key = counted.job_key and scopes.currency = counted.currency
    where
        scopes.product_key in (counted.product_key, 'unknown')
        and case
            when counted.side = 'from' then counted.event_on between coalesce(scopes.starts_on, counted.event_on) and scopes.ends_on
            when scopes.scope = 'period' and not coalesce(
                counted.period_starts_on >= scopes.starts_on and counted.period_ends_on <= scopes.ends_on, false
            ) then false
            when counted.event_on <> scopes.event_on then counted.event_on < scopes.event_on
            when counted.document_amount <> scopes.document_amount then counted.document_amount > scopes.document_amount
            else counted.item_key < scopes.item_key
        end
    group by scopes.item_key, scopes.scope, counted.product_key, counted.base_unit
),

-- What the work lacks at the rate at which it was billed, where all of it was.
lacking as (
    select
        item_key,
        scope,
        sum(amount - {{ share('billed_amount', 'quantity', 'billed_quantity') }}) as amount
    from measured
    where quantity is not null
    group by item_key, scope
    having min(case when billed_quantity >= quantity then 1 else 0 end) = 1
),

candidates as (
    select distinct scopes.item_key, scopes.job_key, scopes.product_key, scopes.currency, scopes.unit_price
    from scopes
    inner join lacking on scopes.item_key = lacking.item_key and scopes.scope = lacking.scope
    where scopes.document_amount <= lacking.amount
),

-- One more hour at the price of the others is an hour. A rate may be raised twice, by one amount each time.
prices as (
    select distinct counted.job_key, counted.product_key, counted.currency, counted.unit_price
    from counted
    left join candidates on counted.item_key = candidates.item_key
    where candidates.item_key is null
),

final as (
    select item_key from candidates
    where not exists (
        select 1 from prices
        where
            candidates.job_key = prices.job_key and candidates.currency = prices.currency and candidates.unit_price = prices.unit_price
            and candidates.product_key in (prices.product_key, 'unknown')
    )
)

select * from final
