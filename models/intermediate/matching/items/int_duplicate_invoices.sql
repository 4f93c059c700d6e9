-- One row per invoice that is a second copy of another: the same customer, gross and lines within days, or the same customer, gross and number.
-- A credit note that had been issued by the day of the position, and stood on it.
with corrected as (
    select
        invoices.source_system,
        invoices.corrects_invoice_id as invoice_id
    from {{ ref('fct_stage_events') }} as events
    inner join {{ ref('int_invoice_values') }} as valued on events.event_key = valued.event_key
    inner join {{ ref('cnf_invoices') }} as invoices
        on valued.source_system = invoices.source_system and valued.invoice_id = invoices.invoice_id
    where events.stage = 'credited' and invoices.corrects_invoice_id is not null
    group by invoices.source_system, invoices.invoice_id, invoices.corrects_invoice_id
    having max(case when events.valuation_rule = 'voided' then 1 else 0 end) = 0
),

invoices as (
    select
        invoices.source_system,
        invoices.invoice_id,
        invoices.invoice_number,
        terms.customer_key,
        invoices.issued_on,
        invoices.currency,
        invoices.gross_amount
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    where
        invoices.invoice_type = 'invoice'
        and terms.left_out_reason is null
        and invoices.issued_on <= {{ as_of() }}
        and (terms.voided_on is null or terms.voided_on > {{ as_of() }})
        and invoices.gross_amount <> 0
        and not exists (
            select 1 from corrected
            where invoices.source_system = corrected.source_system and invoices.invoice_id = corrected.invoice_id
        )
),

lines as (
    select
        values_of_lines.source_system,
        values_of_lines.invoice_id,
        {{ make_key([
            'values_of_lines.job_key', 'values_of_lines.product_key', 'lines.quantity', 'values_of_lines.document_amount', 'lines.delivery_id',
            'lines.work_order_ref', 'lines.period_starts_on', 'lines.period_ends_on', 'lines.description',
        ]) }} as content
    from {{ ref('int_invoice_values') }} as values_of_lines
    inner join {{ ref('cnf_invoice_lines') }} as lines
        on values_of_lines.source_system = lines.source_system and values_of_lines.invoice_line_id = lines.invoice_line_id
    where values_of_lines.valuation_rule <> 'voided'
),

-- Lines in another order are the same lines.
contents as (
    select
        source_system,
        invoice_id,
        {{ fingerprint('content') }} as content
    from lines
    group by source_system, invoice_id
),

told_apart as (
    select
        invoices.*,
        contents.content,
        lag(invoices.issued_on) over (
            partition by invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.content
            order by invoices.issued_on, invoices.invoice_id
        ) as last_issued_on,
        lag(invoices.invoice_id) over (
            partition by invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.content
            order by invoices.issued_on, invoices.invoice_id
        ) as same_content_invoice_id,
        lag(invoices.invoice_id) over (
            partition by invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, invoices.invoice_number
            order by invoices.issued_on, invoices.invoice_id
        ) as same_number_invoice_id
    from invoices
    inner join contents on invoices.source_system = contents.source_system and invoices.invoice_id = contents.invoice_id
),

final as (
    select
        told_apart.source_system,
        told_apart.invoice_id,
        coalesce(told_apart.same_number_invoice_id, told_apart.same_content_invoice_id) as original_invoice_id,
        case when told_apart.same_number_invoice_id is null then 'same_lines' else 'same_number' end as match_rule
    from told_apart
    cross join {{ ref('int_matching_policy') }} as settings
    where
        told_apart.customer_key <> 'unknown'
        and (
            told_apart.same_number_invoice_id is not null
            or {{ days_between('told_apart.last_issued_on', 'told_apart.issued_on') }} <= settings.duplicate_window_days
        )
)

select * from final
