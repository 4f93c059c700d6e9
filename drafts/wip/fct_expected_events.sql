-- One row per period of a placement or contract, timesheet, placement or bill, and what it should have led to: a timesheet, an invoice, pay, a journal.
with sheet_lines as (
    select
        billing.delivery_key,
        min(lines.invoice_line_id) as invoice_line_id
    from {{ ref('int_delivery_billing') }} as billing
    inner join {{ ref('int_delivered_to_invoiced') }} as matched on billing.event_key = matched.from_item_key
    inner join {{ ref('int_invoice_values') }} as lines on matched.to_item_key = lines.event_key
    group by billing.delivery_key
),

period_bills as (
    select distinct
        periods.period_key,
        periods.contract_key,
        periods.job_key,
        periods.source_system,
        periods.period_starts_on,
        periods.period_ends_on,
        lines.source_system as bill_system,
        lines.invoice_id
    from {{ ref('int_line_periods') }} as billed
    inner join {{ ref('int_contract_periods') }} as periods on billed.period_key = periods.period_key
    inner join {{ ref('int_live_invoice_lines') }} as lines
        on billed.source_system = lines.source_system and billed.invoice_line_id = lines.invoice_line_id
),

-- A receipt may have the very id of an invoice: its journal posts no invoice.
postings as (
    select
        source_system,
        document_id,
        min(journal_id) as journal_id
    from {{ ref('cnf_journal_lines') }}
    where document_id is not null and coalesce(document_type, 'other') not in ('receipt', 'payment')
    group by source_system, document_id
),

ledgers as (
    select distinct source_system from postings
),

expected as (
    select
        'timesheet' as event_kind,
        case when is_placement then 'placement_week' else 'contract_period' end as expected_from,
        span_key as subject_key,
        'timesheet_missing' as control_id,
        source_system,
        contract_key,
        job_key,
        cast(null as {{ dbt.type_string() }}) as delivery_key,
        period_starts_on,
        period_ends_on,
        period_ends_on as occurred_on,
        period_ends_on as earliest_on,
        currency,
        value_amount as expected_amount,
        'deliveries' as found_entity,
        delivery_id as found_id,
        delivery_id is not null as is_found,
        is_missing as is_owed
    from {{ ref('int_expected_timesheets') }}
    union all
    select
        'invoice', 'contract_period', period_key, 'contract_period_not_billed', source_system, contract_key, job_key, null,
        period_starts_on, period_ends_on, period_ends_on, period_ends_on, currency, value_amount,
        'invoice_lines', invoice_line_id, invoice_line_id is not null, is_missing
    from {{ ref('int_expected_period_bills') }}
    union all
    select
        'invoice', 'timesheet', sheets.delivery_key, 'timesheet_paid_not_billed', sheets.source_system, sheets.contract_key, sheets.job_key,
        sheets.delivery_key, sheets.delivered_on, sheets.delivered_on, sheets.delivered_on, sheets.bill_by_on, sheets.currency,
        sheets.expected_amount, 'invoice_lines', sheet_lines.invoice_line_id, sheets.found_by is not null, sheets.is_dated
    from {{ ref('int_expected_of_timesheets') }} as sheets
    left join sheet_lines on sheets.delivery_key = sheet_lines.delivery_key
    where sheets.event_kind = 'invoice'
    union all
    select
        'pay_item', 'timesheet', delivery_key, 'timesheet_billed_not_paid', source_system, contract_key, job_key, delivery_key,
        delivered_on, delivered_on, delivered_on, delivered_on, currency, expected_amount, 'pay_items', found_id, found_by is not null, true
    from {{ ref('int_expected_of_timesheets') }}
    where event_kind = 'pay_item'
    union all
    select
        'invoice', 'placement', job_key, 'placement_not_invoiced', source_system, contract_key, job_key, null, started_on, due_on, started_on,
        due_on, currency, coalesce(worked_amount, 0), 'invoice_lines', invoice_line_id, invoice_line_id is not null, true
    from {{ ref('int_expected_first_bills') }}
    union all
    select
        'journal', 'invoice', bills.period_key || '|' || bills.bill_system || '|' || bills.invoice_id, 'invoice_not_posted', bills.bill_system,
        bills.contract_key, bills.job_key, null, bills.period_starts_on, bills.period_ends_on, invoices.issued_on, invoices.issued_on,
        invoices.currency, invoices.net_amount, 'journal_lines', postings.journal_id, postings.journal_id is not null, old_bills.document_id is null
    from period_bills as bills
    inner join ledgers on bills.bill_system = ledgers.source_system
    inner join {{ ref('int_live_invoices') }} as invoices
        on bills.bill_system = invoices.source_system and bills.invoice_id = invoices.invoice_id
    left join postings on bills.bill_system = postings.source_system and bills.invoice_id = postings.document_id
    left join {{ ref('int_before_the_books') }} as old_bills
        on
            bills.bill_system = old_bills.source_system
            and bills.invoice_id = old_bills.document_id
            and old_bills.document_kind = 'invoice'
),

rules as (
    select * from {{ ref('int_control_rules') }}
),

jobs as (
    select * from {{ ref('dim_job') }}
),

-- By the day on which the window of its control is over, and no earlier than its contract asks for it.
dated as (
    select
        expected.*,
        greatest({{ plus_days('expected.occurred_on', 'rules.window_days') }}, expected.earliest_on) as expected_on
    from expected
    inner join rules on expected.control_id = rules.control_id and {{ in_force('expected.occurred_on') }}
),

final as (
    select
        {{ make_key(['dated.event_kind', 'dated.expected_from', 'dated.subject_key']) }} as expected_event_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(dated.contract_key, 'unknown') as contract_key,
        coalesce(dated.job_key, 'unknown') as job_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.owner_key, 'unknown') as owner_key,
        dated.subject_key,
        dated.period_starts_on,
        dated.period_ends_on,
        dated.expected_on,
        {{ as_of() }} as as_of_on,
        dated.event_kind,
        dated.expected_from,
        dated.control_id,
        case
            when dated.is_found then 'found'
            when not dated.is_owed then 'not_owed'
            when dated.expected_on < {{ as_of() }} then 'missing'
            else 'not_due'
        end as status,
        coalesce(jobs.legal_entity, 'unknown') as legal_entity,
        dated.currency,
        cast(dated.expected_amount as decimal(18, 2)) as expected_amount,
        case when dated.is_found then dated.found_entity end as found_entity,
        dated.found_id,
        dated.source_system
    from dated
    left join jobs on dated.job_key = jobs.job_key
)

select * from final
