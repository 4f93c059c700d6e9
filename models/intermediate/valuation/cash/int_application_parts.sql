-- One row per application and part of it: cash, or what settles its invoice without any, with the reason.
with payments as (
    select * from {{ ref('int_payment_terms') }}
),

invoices as (
    select * from {{ ref('int_invoice_terms') }}
),

-- What takes more off an invoice than its receipt gave.
short_receipts as (
    select
        applications.source_system,
        applications.application_id,
        applications.payment_id,
        applications.invoice_id,
        applications.amount - applications.payment_amount as rest_amount,
        payments.currency,
        payments.base_currency
    from {{ ref('cnf_payment_applications') }} as applications
    inner join payments
        on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
    inner join invoices
        on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    where
        applications.kind = 'payment' and payments.currency = invoices.currency
        and applications.amount > applications.payment_amount and applications.payment_amount > 0
),

posted_lines as (
    select
        lines.source_system,
        lines.document_id,
        lines.account_code,
        accounts.account_role,
        accounts.account_type,
        lines.currency,
        lines.amount as base_amount,
        coalesce(lines.currency_amount, lines.amount) as currency_amount
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    where
        lines.document_id is not null and lines.amount > 0
        and coalesce(lines.document_type, 'other') not in ('invoice', 'credit_note', 'opening', 'year_close')
        and accounts.account_role not in ('receivable', 'cash', 'revenue', 'tax', 'exchange_difference')
),

named_documents as (
    select *, invoice_id as document_id from short_receipts
    union all
    select *, payment_id from short_receipts
    union all
    select *, application_id from short_receipts
),

written_off as (
    select
        named_documents.source_system,
        named_documents.application_id,
        named_documents.rest_amount,
        posted_lines.account_code,
        -- What is neither a debt given up nor a discount is what somebody kept for his service.
        case
            when posted_lines.account_type = 'expense' and posted_lines.account_role not in ('bad_debt', 'discount_allowed') then 'finance_fee'
            else {{ settlement_reason('posted_lines.account_role') }}
        end as reason
    from named_documents
    inner join posted_lines
        on
            named_documents.source_system = posted_lines.source_system
            and named_documents.document_id = posted_lines.document_id
            and named_documents.rest_amount = posted_lines.currency_amount
    where coalesce(posted_lines.currency, named_documents.base_currency) = named_documents.currency
),

-- Where the ledger posts the rest on the same document, its account says what it is.
rests as (
    select
        source_system,
        application_id,
        min(rest_amount) as rest_amount,
        min(reason) as reason
    from written_off
    group by source_system, application_id
),

-- Money that goes out on an invoice or credit note takes back what was applied to it. Without an amount in its own
-- currency a receipt in the invoice's currency gives what the application says; one in another currency gives it at the
-- two documents' rates.
applications as (
    select
        applications.source_system,
        applications.application_id,
        applications.kind,
        applications.payment_id,
        applications.credit_note_id,
        applications.invoice_id,
        applications.applied_on,
        case
            when payments.status = 'reversed' then greatest(least(applications.reversed_on, payments.reversed_on), applications.applied_on)
            -- Not greatest() alone: it takes the other date where one is null.
            when applications.reversed_on is not null then greatest(applications.reversed_on, applications.applied_on)
        end as reversed_on,
        applications.load_id,
        case when applications.kind = 'refund' then -abs(applications.amount) else applications.amount end as amount,
        case when applications.kind in ('payment', 'refund') then coalesce(
            case when applications.kind = 'refund' then -abs(applications.payment_amount) else applications.payment_amount end,
            case
                when payments.currency = coalesce(invoices.currency, payments.currency)
                    then case when applications.kind = 'refund' then -abs(applications.amount) else applications.amount end
            end,
            {{ share('applications.amount', 'invoices.exchange_rate', 'payments.exchange_rate', part_places=12) }}
            * case when applications.kind = 'refund' then -1 else 1 end
        ) end as given_amount
    from {{ ref('cnf_payment_applications') }} as applications
    left join payments
        on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
    left join invoices
        on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
),

-- Where a receipt's money went, laid end to end: cash first.
places as (
    select
        source_system,
        payment_id,
        reason,
        sum(amount) over (
            partition by source_system, payment_id
            order by case reason when 'cash' then 1 else 2 end nulls last, reason nulls last
            rows between unbounded preceding and current row
        ) as ends_at,
        amount,
        sum(amount) over (partition by source_system, payment_id) as whole_amount
    from {{ ref('int_payment_parts') }}
),

given as (
    select
        applications.*,
        rests.reason as rest_reason,
        coalesce(rests.rest_amount, 0) as rest_amount,
        sum(applications.given_amount) over (
            partition by applications.source_system, applications.payment_id
            order by applications.applied_on nulls last, applications.application_id nulls last
            rows between unbounded preceding and current row
        ) as given_so_far
    from applications
    left join rests on applications.source_system = rests.source_system and applications.application_id = rests.application_id
    where applications.kind in ('payment', 'refund')
),

-- Nearly all receipts went to one place; what one of several gives is shared over them by running totals.
placed as (
    select
        given.*,
        coalesce(places.reason, 'cash') as reason,
        coalesce(places.amount = places.whole_amount, true) as is_whole,
        case
            when coalesce(places.amount = places.whole_amount, true) then given.given_amount
            else
                {{ share('given.given_so_far', 'places.ends_at', 'places.whole_amount') }}
                - {{ share('given.given_so_far', 'places.ends_at - places.amount', 'places.whole_amount') }}
                - {{ share('given.given_so_far - given.given_amount', 'places.ends_at', 'places.whole_amount') }}
                + {{ share('given.given_so_far - given.given_amount', 'places.ends_at - places.amount', 'places.whole_amount') }}
        end as part_amount
    from given
    left join places on given.source_system = places.source_system and given.payment_id = places.payment_id
),

settling as (
    select
        *,
        sum(part_amount) over (
            partition by source_system, application_id
            order by case reason when 'cash' then 1 else 2 end nulls last, reason nulls last
            rows between unbounded preceding and current row
        ) as part_to
    from placed
),

parts as (
    select
        source_system, application_id, kind, reason, payment_id, credit_note_id, invoice_id, applied_on, reversed_on, load_id,
        case
            when is_whole or given_amount = 0 then amount - rest_amount
            else
                {{ share('amount - rest_amount', 'part_to', 'given_amount') }}
                - {{ share('amount - rest_amount', 'part_to - part_amount', 'given_amount') }}
        end as amount,
        part_amount as given_amount
    from settling
    where is_whole or part_amount <> 0
    union all
    select
        source_system, application_id, kind, rest_reason, payment_id, credit_note_id, invoice_id, applied_on, reversed_on, load_id, rest_amount, 0
    from given
    where rest_reason is not null
    union all
    select
        source_system, application_id, kind,
        case kind
            when 'credit_note' then 'credit_applied' when 'write_off' then 'write_off' when 'fee' then 'finance_fee' else 'settlement_discount'
        end,
        payment_id, credit_note_id, invoice_id, applied_on, reversed_on, load_id, amount, 0
    from applications
    where kind not in ('payment', 'refund')
),

final as (
    select
        source_system,
        application_id,
        reason,
        min(kind) as kind,
        min(payment_id) as payment_id,
        min(credit_note_id) as credit_note_id,
        min(invoice_id) as invoice_id,
        min(applied_on) as applied_on,
        min(reversed_on) as reversed_on,
        min(load_id) as load_id,
        cast(sum(amount) as decimal(18, 2)) as amount,
        cast(sum(given_amount) as decimal(18, 2)) as given_amount
    from parts
    group by source_system, application_id, reason
)

select * from final
