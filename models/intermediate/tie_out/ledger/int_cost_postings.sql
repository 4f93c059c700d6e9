-- One row per cost that counts, and per journal line on cost of sales or work in progress, of a ledger that posts its costs record by record.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

ledger_lines as (
    select
        lines.source_system,
        systems.legal_entity,
        systems.base_currency,
        lines.posted_on,
        lines.journal_line_id,
        lines.amount,
        coalesce(lines.document_type, 'other') as document_type,
        coalesce(lines.document_id, lines.journal_id) as document_id
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    inner join systems on lines.source_system = systems.source_system
    where
        accounts.account_role in ('cost_of_sales', 'wip') and lines.posted_on <= {{ as_of() }}
        and coalesce(lines.document_type, 'other') not in ('opening', 'year_close')
),

-- A journal may name a cost by the id of its own document.
costs as (
    select
        events.event_key,
        events.source_id,
        systems.legal_entity,
        events.event_on,
        events.currency,
        events.document_amount,
        coalesce(records.document_id, events.source_id) as document_id
    from {{ ref('int_stage_events') }} as events
    inner join systems on events.source_system = systems.source_system
    left join {{ ref('cnf_costs') }} as records
        on
            events.source_system = records.source_system
            and case when events.source_entity = 'costs' then events.source_id end = records.cost_id
    where events.stage = 'cost' and events.event_on <= {{ as_of() }}
),

named as (
    select distinct legal_entity, document_id from costs
),

-- Most of what such a ledger posts as cost of sales names a cost or pay item. Another keeps its costs by rules of its own, and ties to nothing.
ledgers as (
    select
        ledger_lines.legal_entity,
        ledger_lines.source_system,
        min(ledger_lines.base_currency) as base_currency,
        min(ledger_lines.posted_on) as begin_on
    from ledger_lines
    left join named
        on ledger_lines.legal_entity = named.legal_entity and ledger_lines.document_id = named.document_id
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
        end as amount
    from costs
    inner join ledgers on costs.legal_entity = ledgers.legal_entity
    inner join single on costs.legal_entity = single.legal_entity
    left join {{ ref('int_control_rates') }} as rates on costs.currency = rates.currency and costs.event_on = rates.rate_on
    left join {{ ref('int_control_rates') }} as base_rates on ledgers.base_currency = base_rates.currency and costs.event_on = base_rates.rate_on
    where costs.event_on >= {{ dbt.date_trunc('month', 'ledgers.begin_on') }}
),

final as (
    select
        source_system, 'cost_of_sales' as account_role, 'cost' as document_type, document_id, posted_on, amount as our_amount,
        cast(0 as decimal(18, 2)) as ledger_amount, event_key as movement_id
    from ours
    where amount is not null
    union all
    select
        ledger_lines.source_system, 'cost_of_sales', 'cost', ledger_lines.document_id, ledger_lines.posted_on, 0, ledger_lines.amount,
        ledger_lines.journal_line_id
    from ledger_lines
    inner join ledgers on ledger_lines.source_system = ledgers.source_system
    inner join single on ledger_lines.legal_entity = single.legal_entity
)

select * from final
