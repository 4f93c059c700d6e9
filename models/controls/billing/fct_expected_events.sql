-- One row per period, timesheet, placement or invoice and what it should have led to: a timesheet, an invoice, pay, a
-- journal.
with sheet_lines as (
    select
        billing.delivery_key,
        min(lines.invoice_line_id) as invoice_line_id
    from {{ ref('int_delivery_billing') }} as billing
    inner join {{ ref('int_delivered_to_invoiced') }} as matched on billing.event_key = matched.from_item_key
    inner join {{ ref('int_invoice_values') }} as lines on matched.to_item_key = lines.event_key
    group by billing.delivery_key
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
        'invoice' as event_kind,
        'contract_period' as expected_from,
        period_key as subject_key,
        'contract_period_not_billed' as control_id,
        source_system,
        contract_key,
        job_key,
        period_starts_on,
        period_ends_on,
        period_ends_on as occurred_on,
        period_ends_on as earliest_on,
        currency,
        value_amount as expected_amount,
        'invoice_lines' as found_entity,
        invoice_line_id as found_id,
        invoice_line_id is not null as is_found,
        is_missing as is_owed
    from {{ ref('int_expected_period_bills') }}
    union all
    select
        'invoice' as event_kind,
        'timesheet' as expected_from,
        sheets.delivery_key as subject_key,
        'timesheet_paid_not_billed' as control_id,
        sheets.source_system,
        sheets.contract_key,
        sheets.job_key,
        sheets.delivered_on as period_starts_on,
        sheets.delivered_on as period_ends_on,
        sheets.delivered_on as occurred_on,
        sheets.bill_by_on as earliest_on,
        sheets.currency,
        sheets.expected_amount,
        'invoice_lines' as found_entity,
        sheet_lines.invoice_line_id as found_id,
        sheets.found_by is not null as is_found,
        sheets.is_dated as is_owed
    from {{ ref('int_expected_of_timesheets') }} as sheets
    left join sheet_lines on sheets.delivery_key = sheet_lines.delivery_key
    where sheets.event_kind = 'invoice'
    union all
    select
        'pay_item' as event_kind,
        'timesheet' as expected_from,
        delivery_key as subject_key,
        'timesheet_billed_not_paid' as control_id,
        source_system,
        contract_key,
        job_key,
        delivered_on as period_starts_on,
        delivered_on as period_ends_on,
        delivered_on as occurred_on,
        delivered_on as earliest_on,
        currency,
        expected_amount,
        'pay_items' as found_entity,
        found_id,
        found_by is not null as is_found,
        true as is_owed
    from {{ ref('int_expected_of_timesheets') }}
    where event_kind = 'pay_item'
    union all
    select
        'invoice' as event_kind,
        'placement' as expected_from,
        job_key as subject_key,
        'placement_not_invoiced' as control_id,
        source_system,
        contract_key,
        job_key,
        started_on as period_starts_on,
        due_on as period_ends_on,
        started_on as occurred_on,
        due_on as earliest_on,
        currency,
        coalesce(worked_amount, 0) as expected_amount,
        'invoice_lines' as found_entity,
        invoice_line_id as found_id,
        invoice_line_id is not null as is_found,
        true as is_owed
    from {{ ref('int_expected_first_bills') }}
    union all
    select
        'journal' as event_kind,
        'invoice' as expected_from,
        invoice_key as subject_key,
        'invoice_not_posted' as control_id,
        source_system,
        contract_key,
        job_key,
        issued_on as period_starts_on,
        issued_on as period_ends_on,
        issued_on as occurred_on,
        issued_on as earliest_on,
        currency,
        net_amount as expected_amount,
        'journal_lines' as found_entity,
        journal_id as found_id,
        journal_id is not null as is_found,
        is_owed
    from {{ ref('int_expected_journals') }}
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
