-- One row per invoice that credit notes which stand on the day of the position take back, with how much of its gross.
-- The same credit note may name the invoice and be applied to it: that is one credit.
with settings as (
    select {{ as_of() }} as position_on
),

notes as (
    select
        invoices.source_system,
        invoices.invoice_id,
        invoices.corrects_invoice_id,
        invoices.gross_amount
    from {{ ref('cnf_invoices') }} as invoices
    inner join {{ ref('int_invoice_terms') }} as terms
        on invoices.source_system = terms.source_system and invoices.invoice_id = terms.invoice_id
    cross join settings
    where
        invoices.invoice_type = 'credit_note'
        and terms.left_out_reason is null
        and invoices.issued_on <= settings.position_on
        and (terms.voided_on is null or terms.voided_on > settings.position_on)
),

credits as (
    select source_system, invoice_id as credit_note_id, corrects_invoice_id as invoice_id, gross_amount as amount
    from notes
    where corrects_invoice_id is not null
    union all
    select applied.source_system, applied.credit_note_id, applied.invoice_id, sum(applied.amount)
    from {{ ref('cnf_payment_applications') }} as applied
    inner join notes on applied.source_system = notes.source_system and applied.credit_note_id = notes.invoice_id
    cross join settings
    where
        applied.kind = 'credit_note'
        and applied.applied_on <= settings.position_on
        and (applied.reversed_on is null or applied.reversed_on > settings.position_on)
        -- What a note takes off other bills than the one that it corrects is a way of paying them.
        and coalesce(notes.corrects_invoice_id, applied.invoice_id) = applied.invoice_id
    group by applied.source_system, applied.credit_note_id, applied.invoice_id
),

largest as (
    select
        source_system,
        credit_note_id,
        invoice_id,
        max(amount) as amount
    from credits
    group by source_system, credit_note_id, invoice_id
),

final as (
    select
        source_system,
        invoice_id,
        cast(sum(amount) as decimal(18, 2)) as credited_amount
    from largest
    group by source_system, invoice_id
)

select * from final
