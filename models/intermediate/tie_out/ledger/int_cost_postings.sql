-- One row per cost that counts, and per journal line on cost of sales or work in progress, of a ledger that posts its
-- costs record by record.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

-- A journal may post many documents, a line each.
of_one_document as (
    select source_system, journal_id, min(coalesce(document_id, journal_id)) as document_id
    from {{ ref('cnf_journal_lines') }}
    group by source_system, journal_id
    having count(distinct coalesce(document_id, journal_id)) = 1
),

-- An accrual and the journal that takes it back are one document.
ledger_lines as (
    select
        lines.source_system,
        systems.legal_entity,
        systems.base_currency,
        lines.posted_on,
        lines.journal_line_id,
        cast({{ dbt.date_trunc('month', 'lines.posted_on') }} as date) as month_on,
        coalesce(job_links.job_key, 'unknown') as job_key,
        lines.amount,
        coalesce(taken_back.document_id, lines.document_id, lines.journal_id) as document_id,
        sold.invoice_id is not null as is_sold
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    inner join systems on lines.source_system = systems.source_system
    left join of_one_document as taken_back
        on lines.source_system = taken_back.source_system and lines.reverses_journal_id = taken_back.journal_id
    left join {{ ref('cnf_invoices') }} as sold on lines.source_system = sold.source_system and lines.document_id = sold.invoice_id
    left join {{ ref('int_job_links') }} as job_links
        on
            lines.source_system = job_links.source_system
            and lines.journal_line_id = job_links.source_id
            and job_links.source_entity = 'journal_lines'
    where
        accounts.account_role in ('cost_of_sales', 'wip') and lines.posted_on <= {{ as_of() }}
        and coalesce(lines.document_type, 'other') not in ('opening', 'year_close')
),

costs as (
    select
        events.event_key,
        events.source_id,
        systems.legal_entity,
        events.job_key,
        events.event_on,
        cast({{ dbt.date_trunc('month', 'events.event_on') }} as date) as month_on,
        events.currency,
        events.document_amount,
        records.document_id,
        lower(trim(records.supplier_invoice_ref)) as bill,
        coalesce(events.valuation_rule like 'loaded%', false) as is_absorbed
    from {{ ref('int_stage_events') }} as events
    inner join systems on events.source_system = systems.source_system
    left join {{ ref('cnf_costs') }} as records
        on
            events.source_system = records.source_system
            and case when events.source_entity = 'costs' then events.source_id end = records.cost_id
    where events.stage = 'cost' and events.event_on <= {{ as_of() }}
),

documents as (
    select distinct legal_entity, document_id from ledger_lines
    where not is_sold
),

-- The number of a supplier's bill may be the name by which the ledger knows it.
bills as (
    select
        legal_entity,
        lower(trim(document_id)) as bill,
        min(document_id) as document_id
    from documents
    group by legal_entity, lower(trim(document_id))
    having count(*) = 1
),

-- A journal names a cost by the id of its own document, by the cost's id, or by its bill.
by_name as (
    select
        costs.*,
        coalesce(documents.document_id, records.document_id, bills.document_id) as ledger_document_id
    from costs
    left join documents on costs.legal_entity = documents.legal_entity and costs.document_id = documents.document_id
    left join documents as records on costs.legal_entity = records.legal_entity and costs.source_id = records.document_id
    left join bills on costs.legal_entity = bills.legal_entity and costs.bill = bills.bill
),

answered as (
    select distinct legal_entity, ledger_document_id from by_name
    where ledger_document_id is not null
),

-- What names nothing is of the job, the month and the amount of a posting that nothing names, one for one.
unanswered_postings as (
    select
        lines.legal_entity,
        lines.document_id,
        lines.job_key,
        lines.month_on,
        lines.base_currency,
        sum(lines.amount) as amount
    from ledger_lines as lines
    left join answered on lines.legal_entity = answered.legal_entity and lines.document_id = answered.ledger_document_id
    where answered.legal_entity is null and lines.job_key <> 'unknown' and not lines.is_sold
    group by lines.legal_entity, lines.document_id, lines.job_key, lines.month_on, lines.base_currency
),

counted_postings as (
    select
        *,
        row_number() over (
            partition by legal_entity, job_key, month_on, base_currency, amount order by document_id nulls last
        ) as place
    from unanswered_postings
),

counted_costs as (
    select
        *,
        row_number() over (
            partition by legal_entity, job_key, month_on, currency, document_amount order by event_on nulls last, event_key nulls last
        ) as place
    from by_name
    where ledger_document_id is null and job_key <> 'unknown' and not is_absorbed
),

by_amount as (
    select
        costs.event_key,
        postings.document_id
    from counted_costs as costs
    inner join counted_postings as postings
        on
            costs.legal_entity = postings.legal_entity
            and costs.job_key = postings.job_key
            and costs.month_on = postings.month_on
            and costs.currency = postings.base_currency
            and costs.document_amount = postings.amount
            and costs.place = postings.place
),

linked as (
    select
        by_name.event_key,
        by_name.legal_entity,
        by_name.event_on,
        by_name.currency,
        by_name.document_amount,
        by_name.is_absorbed,
        coalesce(by_name.ledger_document_id, by_amount.document_id, by_name.document_id, by_name.source_id) as document_id
    from by_name
    left join by_amount on by_name.event_key = by_amount.event_key
),

named as (
    select distinct legal_entity, document_id from linked
),

-- Most of what such a ledger posts as cost of sales names a cost or pay item. Another keeps its costs by rules of its
-- own, and ties to nothing.
ledgers as (
    select
        ledger_lines.legal_entity,
        ledger_lines.source_system,
        min(ledger_lines.base_currency) as base_currency,
        min(ledger_lines.posted_on) as begin_on
    from ledger_lines
    left join named
        on ledger_lines.legal_entity = named.legal_entity and ledger_lines.document_id = named.document_id
    where not ledger_lines.is_sold
    group by ledger_lines.legal_entity, ledger_lines.source_system
    having count(named.document_id) * 2 > count(*)
),

-- A company with two such ledgers does not say which of them a cost is for.
single as (
    select legal_entity from ledgers
    group by legal_entity
    having count(*) = 1
),

ours as (
    select
        ledgers.source_system,
        costs.event_key,
        costs.document_id,
        costs.event_on as posted_on,
        case
            when costs.currency = ledgers.base_currency then costs.document_amount
            else {{ share('costs.document_amount', 'rates.rate', 'base_rates.rate', part_places=12) }}
        end as amount,
        costs.currency <> ledgers.base_currency as is_converted,
        costs.is_absorbed
    from linked as costs
    inner join ledgers on costs.legal_entity = ledgers.legal_entity
    inner join single on costs.legal_entity = single.legal_entity
    left join {{ ref('int_control_rates') }} as rates on costs.currency = rates.currency and costs.event_on = rates.rate_on
    left join {{ ref('int_control_rates') }} as base_rates on ledgers.base_currency = base_rates.currency and costs.event_on = base_rates.rate_on
    where costs.event_on >= {{ dbt.date_trunc('month', 'ledgers.begin_on') }}
),

posted as (
    select source_system, document_id, sum(amount) as amount from ledger_lines
    group by source_system, document_id
),

-- A bill in another currency has a rate of its own: up to the policy, what it makes beside the table's is exchange.
exchanged as (
    select
        ours.source_system,
        ours.document_id,
        min(ours.posted_on) as posted_on,
        max(posted.amount) - sum(ours.amount) as amount
    from ours
    inner join posted on ours.source_system = posted.source_system and ours.document_id = posted.document_id
    cross join {{ ref('int_matching_policy') }} as settings
    group by ours.source_system, ours.document_id
    having
        max(case when ours.is_converted then 1 else 0 end) = 1
        and abs(max(posted.amount) - sum(ours.amount)) * 100 <= max(settings.exchange_difference_pct) * abs(sum(ours.amount))
),

final as (
    -- Time that costs the rate of its day is in no journal until its own cost arrives.
    select
        source_system, 'cost_of_sales' as account_role,
        case when is_absorbed then 'absorbed' else 'cost' end as document_type, document_id, posted_on, amount as our_amount,
        cast(0 as decimal(18, 2)) as ledger_amount, event_key as movement_id
    from ours
    where amount is not null
    union all
    select source_system, 'cost_of_sales', 'cost', document_id, posted_on, amount, 0, 'exchange ' || document_id from exchanged
    union all
    -- What was billed to a customer on such an account takes its cost off there, and is no cost of ours.
    select
        ledger_lines.source_system, 'cost_of_sales', 'cost', ledger_lines.document_id, ledger_lines.posted_on,
        case when ledger_lines.is_sold then ledger_lines.amount else 0 end, ledger_lines.amount, ledger_lines.journal_line_id
    from ledger_lines
    inner join ledgers on ledger_lines.source_system = ledgers.source_system
    inner join single on ledger_lines.legal_entity = single.legal_entity
)

select * from final
