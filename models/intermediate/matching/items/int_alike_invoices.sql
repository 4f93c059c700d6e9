-- One row per standing invoice that asks for what another asked for a few days before: the same customer, amount and lines, the same but for a
-- delivery or period that only the first names, or the same number, customer, amount and lines but for what they say. A number alone makes none.
with settings as (
    select * from {{ ref('int_matching_policy') }}
),

credited as (
    select source_system, invoice_id, credited_amount from {{ ref('int_credited_invoices') }}
),

-- What was credited whole is asked of nobody; what was credited for a part is asked for all the same.
invoices as (
    select
        invoices.source_system,
        invoices.invoice_id,
        lower(trim(invoices.invoice_number)) as invoice_number,
        terms.customer_key,
        invoices.issued_on,
        invoices.currency,
        invoices.gross_amount
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    left join credited on invoices.source_system = credited.source_system and invoices.invoice_id = credited.invoice_id
    where
        invoices.invoice_type = 'invoice'
        and terms.left_out_reason is null
        and invoices.issued_on <= {{ as_of() }}
        and (terms.voided_on is null or terms.voided_on > {{ as_of() }})
        and invoices.gross_amount <> 0
        and coalesce(credited.credited_amount, 0) < invoices.gross_amount
        and terms.customer_key <> 'unknown'
),

-- What a credit note took off the quantity of a bill, or as cancelled or billed twice, is to be billed still: an equal bill after it does so.
billed_anew as (
    select
        notes.source_system,
        notes.corrects_invoice_id as invoice_id,
        min(notes.issued_on) as first_on
    from {{ ref('cnf_invoices') }} as notes
    inner join {{ ref('int_invoice_terms') }} as terms
        on notes.source_system = terms.source_system and notes.invoice_id = terms.invoice_id
    where
        notes.invoice_type = 'credit_note' and terms.left_out_reason is null
        and coalesce(notes.credit_reason, 'other') in ('quantity', 'duplicate', 'cancellation', 'other')
        and coalesce(terms.voided_on > {{ as_of() }}, true)
    group by notes.source_system, notes.corrects_invoice_id
),

lines as (
    select
        values_of_lines.source_system,
        values_of_lines.invoice_id,
        {{ make_key([
            'values_of_lines.job_key', 'values_of_lines.product_key', 'lines.quantity', 'values_of_lines.document_amount', 'lines.delivery_id',
            'lines.work_order_ref', 'lines.period_starts_on', 'lines.period_ends_on', 'lines.description',
        ]) }} as said,
        {{ make_key([
            'values_of_lines.job_key', 'values_of_lines.product_key', 'lines.quantity', 'values_of_lines.document_amount', 'lines.description',
        ]) }} as worded,
        {{ make_key(['values_of_lines.job_key', 'values_of_lines.product_key', 'lines.quantity', 'values_of_lines.document_amount']) }} as asked,
        coalesce(lines.delivery_id, lines.work_order_ref, cast(lines.period_starts_on as {{ dbt.type_string() }})) is null as is_silent
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
        {{ fingerprint('said') }} as said,
        {{ fingerprint('worded') }} as worded,
        {{ fingerprint('asked') }} as asked,
        min(case when is_silent then 1 else 0 end) = 1 as is_silent
    from lines
    group by source_system, invoice_id
),

told_apart as (
    select
        invoices.*,
        lag(invoices.issued_on) over (
            partition by invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.said
            order by invoices.issued_on nulls last, invoices.invoice_id nulls last
        ) as same_said_on,
        lag(invoices.invoice_id) over (
            partition by invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.said
            order by invoices.issued_on nulls last, invoices.invoice_id nulls last
        ) as same_said_id,
        contents.is_silent,
        lag(invoices.issued_on) over (
            partition by invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.worded
            order by invoices.issued_on nulls last, invoices.invoice_id nulls last
        ) as same_words_on,
        lag(invoices.invoice_id) over (
            partition by invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.worded
            order by invoices.issued_on nulls last, invoices.invoice_id nulls last
        ) as same_words_id,
        lag(invoices.issued_on) over (
            partition by
                invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.asked,
                invoices.invoice_number
            order by invoices.issued_on nulls last, invoices.invoice_id nulls last
        ) as same_number_on,
        lag(invoices.invoice_id) over (
            partition by
                invoices.source_system, invoices.customer_key, invoices.currency, invoices.gross_amount, contents.asked,
                invoices.invoice_number
            order by invoices.issued_on nulls last, invoices.invoice_id nulls last
        ) as same_number_id
    from invoices
    inner join contents on invoices.source_system = contents.source_system and invoices.invoice_id = contents.invoice_id
),

judged as (
    select
        told_apart.*,
        {{ days_between('told_apart.same_number_on', 'told_apart.issued_on') }} <= settings.duplicate_window_days as has_same_number,
        {{ days_between('told_apart.same_said_on', 'told_apart.issued_on') }} <= settings.duplicate_window_days as has_same_lines,
        told_apart.is_silent
        and {{ days_between('told_apart.same_words_on', 'told_apart.issued_on') }} <= settings.duplicate_window_days as has_same_words
    from told_apart
    cross join settings
),

alike as (
    select
        source_system,
        invoice_id,
        issued_on,
        case when has_same_number then same_number_id when has_same_lines then same_said_id else same_words_id end as original_invoice_id,
        case when has_same_number then 'same_number' else 'same_lines' end as match_rule
    from judged
    where has_same_number or has_same_lines or has_same_words
),

final as (
    select alike.*
    from alike
    left join billed_anew on alike.source_system = billed_anew.source_system and alike.original_invoice_id = billed_anew.invoice_id
    where coalesce(billed_anew.first_on > alike.issued_on, true)
)

select * from final
