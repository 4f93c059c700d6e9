-- One row per standing invoice: it asks once more for what another asked for a few days before, and no second delivery answers it.
with invoices as (
    select * from {{ ref('int_live_invoices') }}
    where invoice_type = 'invoice'
),

-- The bridge and this control ask the same question and have one answer.
copies as (
    select * from {{ ref('int_duplicate_invoices') }}
),

credited as (
    select * from {{ ref('int_credited_invoices') }}
),

rules as (
    {{ control_rules('duplicate_invoice') }}
),

-- What a credit note has given back of a copy is asked for no more.
standing as (
    select
        invoices.*,
        copies.match_rule,
        originals.invoice_id as copied_invoice_id,
        originals.invoice_number as copied_invoice_number,
        originals.issued_on as copied_issued_on,
        case
            when credited.credited_amount is null then invoices.net_amount
            else invoices.net_amount - {{ share('invoices.net_amount', 'credited.credited_amount', 'invoices.gross_amount') }}
        end as standing_amount
    from invoices
    left join copies on invoices.source_system = copies.source_system and invoices.invoice_id = copies.invoice_id
    left join invoices as originals
        on copies.source_system = originals.source_system and copies.original_invoice_id = originals.invoice_id
    left join credited on invoices.source_system = credited.source_system and invoices.invoice_id = credited.invoice_id
),

examined as (
    select
        standing.invoice_id as entity_id,
        standing.source_system,
        standing.invoice_key,
        standing.customer_key,
        standing.job_key,
        standing.issued_on as occurred_on,
        standing.invoice_number,
        standing.issued_on,
        standing.copied_invoice_id,
        standing.copied_invoice_number,
        standing.copied_issued_on,
        standing.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        standing.net_amount as actual_amount,
        standing.standing_amount as at_risk_amount,
        standing.net_amount as examined_amount,
        case when standing.match_rule = 'same_number' then 'same_number' else 'same_lines_within_days' end as cause,
        'Void or credit ' || standing.invoice_number || ', after comparing it with '
        || coalesce(standing.copied_invoice_number, standing.copied_invoice_id, '') as suggested_action,
        standing.match_rule is not null as is_exception
    from standing
    inner join rules on {{ in_force('standing.issued_on') }}
),

final as (
    {{ control_rows('duplicate_invoice', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'issued_on', 'copied_invoice_id', 'copied_invoice_number', 'copied_issued_on', 'actual_amount', 'currency']) }}
)

select * from final
