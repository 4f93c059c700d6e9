-- One row per invoice line that bills money and no work: by its day all work that it could bill is billed already, for less than was agreed.
-- It makes up a rate that was billed too low, be it as a sum, or as hours at the difference.
with billed as (
    select * from {{ ref('int_invoice_values') }}
    where stage = 'invoiced' and left_out_reason is null and event_on <= {{ as_of() }}
),

voided as (
    select distinct source_system, invoice_line_id from billed
    where valuation_rule = 'voided'
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
        billed.event_key as item_key,
        billed.job_key,
        billed.product_key,
        billed.currency,
        billed.event_on,
        billed.document_amount,
        billed.document_amount + coalesce(records.discount_amount, 0) as list_amount,
        billed.period_starts_on,
        billed.period_ends_on,
        understood.base_unit,
        understood.quantity,
        {{ share('billed.document_amount', '1', 'understood.quantity') }} as unit_price,
        coalesce(billed.quantity, 1) = 1 or understood.item_key is null as is_money,
        named.item_key is not null or in_text.event_key is not null or billed.work_order_key <> 'unknown' as names_work,
        corrected.invoice_id is not null as is_corrected
    from billed
    inner join {{ ref('cnf_invoice_lines') }} as records
        on billed.source_system = records.source_system and billed.invoice_line_id = records.invoice_line_id
    left join {{ ref('int_understood_quantities') }} as understood on billed.event_key = understood.item_key
    left join {{ ref('int_named_deliveries') }} as named on billed.event_key = named.item_key
    left join work_orders_in_text as in_text on billed.event_key = in_text.event_key
    left join {{ ref('int_duplicate_invoices') }} as copies
        on billed.source_system = copies.source_system and billed.invoice_id = copies.invoice_id
    left join voided on billed.source_system = voided.source_system and billed.invoice_line_id = voided.invoice_line_id
    left join corrected on billed.source_system = corrected.source_system and billed.invoice_id = corrected.invoice_id
    where
        billed.document_amount > 0 and billed.job_key <> 'unknown' and copies.invoice_id is null and voided.invoice_line_id is null
),

-- The work, and the lines that bill its quantity.
counted as (
    select
        item_key, 'from' as side, job_key, product_key, currency, base_unit, event_on, quantity, unit_price, document_amount,
        document_amount as list_amount, cast(null as date) as period_starts_on, cast(null as date) as period_ends_on
    from {{ ref('int_delivery_work') }}
    where is_counted and job_key is not null
    union all
    select
        item_key, 'to', job_key, product_key, currency, base_unit, event_on, quantity, unit_price, document_amount,
        list_amount, period_starts_on, period_ends_on
    from lines
    where quantity is not null and not is_corrected
),

groups_worked as (
    select distinct job_key, currency, product_key, base_unit from counted
    where side = 'from'
),

asked as (
    select
        lines.*,
        worked.product_key as worked_product_key,
        worked.base_unit as worked_unit
    from lines
    inner join groups_worked as worked on lines.job_key = worked.job_key and lines.currency = worked.currency
    where lines.is_money and not lines.names_work and lines.product_key in (worked.product_key, 'unknown')
),

-- All work that was done by the day of a line, and what was billed of it before: issued earlier, or the larger amount of one day.
so_far as (
    select
        item_key,
        side,
        sum(case when side = 'from' then quantity end) over before_it as quantity,
        sum(case when side = 'from' then document_amount end) over before_it as amount,
        sum(case when side = 'to' then quantity end) over before_it as billed_quantity,
        sum(case when side = 'to' then list_amount end) over before_it as billed_amount
    from (
        select item_key, side, job_key, product_key, currency, base_unit, event_on, quantity, document_amount, list_amount from counted
        union all
        select item_key, 'asked', job_key, worked_product_key, currency, worked_unit, event_on, null, document_amount, null from asked
    ) as laid
    window before_it as (
        partition by job_key, product_key, currency, base_unit
        order by
            event_on nulls last, case when side = 'from' then 0 else 1 end nulls last,
            case when side <> 'from' then -document_amount end nulls last, item_key nulls last, side nulls last
        rows between unbounded preceding and current row
    )
),

-- The work of the period that a line names, and what was billed before by lines whose period lies in it.
in_period as (
    select
        asked.item_key,
        sum(case when counted.side = 'from' then counted.quantity end) as quantity,
        sum(case when counted.side = 'from' then counted.document_amount end) as amount,
        sum(case when counted.side = 'to' then counted.quantity end) as billed_quantity,
        sum(case when counted.side = 'to' then counted.list_amount end) as billed_amount
    from asked
    inner join counted
        on
            asked.job_key = counted.job_key and asked.currency = counted.currency
            and asked.worked_product_key = counted.product_key and asked.worked_unit = counted.base_unit
    where
        case
            when counted.side = 'from' then counted.event_on between asked.period_starts_on and asked.period_ends_on
            when counted.period_starts_on < asked.period_starts_on or counted.period_ends_on > asked.period_ends_on then false
            when counted.period_starts_on is null or counted.period_ends_on is null then false
            when counted.event_on <> asked.event_on then counted.event_on < asked.event_on
            when counted.document_amount <> asked.document_amount then counted.document_amount > asked.document_amount
            else counted.item_key < asked.item_key
        end
        and asked.period_ends_on >= asked.period_starts_on
    group by asked.item_key, asked.worked_product_key, asked.worked_unit
),

-- What the work lacks at the rate at which it was billed, where all of it was.
lacking as (
    select
        item_key,
        scope,
        sum(amount - {{ share('billed_amount', 'quantity', 'billed_quantity') }}) as amount
    from (
        select item_key, 'period' as scope, quantity, amount, billed_quantity, billed_amount from in_period
        union all
        select item_key, 'so_far', quantity, amount, billed_quantity, billed_amount from so_far
        where side = 'asked'
    ) as measured
    where quantity is not null
    group by item_key, scope
    having min(case when billed_quantity >= quantity then 1 else 0 end) = 1
),

most as (
    select item_key, max(amount) as amount from lacking
    group by item_key
),

candidates as (
    select lines.item_key, lines.job_key, lines.product_key, lines.currency, lines.unit_price
    from lines
    inner join most on lines.item_key = most.item_key
    where lines.document_amount <= most.amount
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
