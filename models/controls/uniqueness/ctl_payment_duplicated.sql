-- One row per receipt that was not taken back: the same money was booked before.
with payments as (
    select * from {{ ref('int_payment_terms') }}
    where received_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
),

applied as (
    select
        source_system,
        payment_id,
        sum(given_amount) as applied_amount,
        min(invoice_id) as invoice_id
    from {{ ref('int_application_parts') }}
    where applied_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
    group by source_system, payment_id
),

placed as (
    select
        payments.*,
        coalesce(applied.applied_amount, 0) >= payments.amount as is_used_up,
        coalesce(applied.applied_amount, 0) = 0 as is_unused,
        applied.invoice_id
    from payments
    left join applied on payments.source_system = applied.source_system and payments.payment_id = applied.payment_id
),

rules as (
    {{ control_rules('payment_duplicated') }}
),

by_bank as (
    select
        source_system,
        payment_id,
        lag(payment_id) over (
            partition by source_system, bank_transaction_id, amount
            order by received_on nulls last, payment_id nulls last
        ) as copied_payment_id
    from placed
    where bank_transaction_id is not null
),

-- What waits for a receipt of its amount.
open_bills as (
    select distinct source_system, customer_key, currency, document_open_amount
    from {{ ref('fct_receivables') }}
),

-- Two receipts that each settle an invoice of their own are two. So are two lines of the bank, unless the first paid what was asked for, and
-- nothing waits for the second: it was booked twice, or paid twice.
by_reference as (
    select
        later.source_system,
        later.payment_id,
        min(earlier.payment_id) as copied_payment_id,
        min(case when later.bank_transaction_id <> earlier.bank_transaction_id then 1 else 0 end) = 1 as is_on_two_lines
    from placed as later
    inner join placed as earlier
        on
            later.source_system = earlier.source_system
            and later.customer_id = earlier.customer_id
            and later.currency = earlier.currency
            and later.amount = earlier.amount
            and upper(trim(later.reference)) = upper(trim(earlier.reference))
    inner join rules on {{ in_force('later.received_on') }}
    left join open_bills
        on
            later.source_system = open_bills.source_system
            and later.customer_key = open_bills.customer_key
            and later.currency = open_bills.currency
            and later.amount = open_bills.document_open_amount
    where
        (earlier.received_on < later.received_on or (earlier.received_on = later.received_on and earlier.payment_id < later.payment_id))
        and {{ plus_days('earlier.received_on', 'rules.window_days') }} >= later.received_on
        and (
            later.bank_transaction_id is null or earlier.bank_transaction_id is null
            or later.bank_transaction_id = earlier.bank_transaction_id
            or (later.amount > 0 and earlier.is_used_up and later.is_unused and open_bills.source_system is null)
        )
        and not (later.is_used_up and earlier.is_used_up and coalesce(later.invoice_id <> earlier.invoice_id, false))
    group by later.source_system, later.payment_id
),

found as (
    select source_system, payment_id, min(copied_payment_id) as copied_payment_id, min(rule) as rule
    from (
        select source_system, payment_id, copied_payment_id, 'same_bank_transaction' as rule from by_bank
        where copied_payment_id is not null
        union all
        select
            source_system, payment_id, copied_payment_id,
            case when is_on_two_lines then 'same_reference_on_two_bank_lines' else 'same_reference_within_days' end
        from by_reference
    ) as both_rules
    group by source_system, payment_id
),

examined as (
    select
        placed.payment_id as entity_id,
        placed.source_system,
        placed.customer_key,
        placed.received_on as occurred_on,
        placed.received_on,
        placed.reference,
        placed.bank_transaction_id,
        found.copied_payment_id,
        placed.currency,
        placed.amount,
        cast(0 as decimal(18, 2)) as expected_amount,
        placed.amount as actual_amount,
        placed.amount as at_risk_amount,
        placed.amount as examined_amount,
        coalesce(found.rule, 'none') as cause,
        'Compare {record} with the bank, and with ' || copied.label || ', which it copies, and '
        || case
            when found.rule = 'same_reference_on_two_bank_lines' then 'delete the copy, or pay back what was paid twice'
            else 'delete the copy'
        end
            as suggested_action,
        found.payment_id is not null as is_exception
    from placed
    inner join rules on {{ in_force('placed.received_on') }}
    left join found on placed.source_system = found.source_system and placed.payment_id = found.payment_id
    left join {{ ref('int_record_labels') }} as copied
        on found.source_system = copied.source_system and found.copied_payment_id = copied.record_id and copied.entity = 'payments'
),

final as (
    {{ control_rows('payment_duplicated', 'payments', has=['customer_key'],
        evidence=['received_on', 'reference', 'bank_transaction_id', 'copied_payment_id', 'amount', 'currency']) }}
)

select * from final
