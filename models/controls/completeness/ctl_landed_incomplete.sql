-- One row per table of a source that said how much it has: it was not all landed.
{% set amounts = {
    'bank_transactions': 'amount', 'change_orders': 'amount_delta', 'costs': 'amount', 'deal_lines': 'net_amount', 'invoice_lines': 'net_amount',
    'invoices': 'gross_amount', 'journal_lines': 'amount', 'pay_items': 'amount', 'payment_applications': 'amount', 'payments': 'amount',
} %}
{% set entities = [
    'customers', 'people', 'products', 'deals', 'deal_lines', 'contracts', 'contract_rates', 'change_orders', 'jobs', 'job_budgets', 'work_orders',
    'deliveries', 'costs', 'stock_moves', 'invoices', 'invoice_lines', 'payments', 'payment_applications', 'pay_items', 'accounts', 'journal_lines',
    'account_balances', 'tax_rates', 'bank_transactions', 'fx_rates', 'periods', 'extract_totals',
] %}
with arrivals as (
    select * from {{ ref('stg_arrivals') }}
    where not is_rejected
),

held as (
    select
        source_system,
        source_entity,
        sum(new_count) as most_count,
        sum(new_count) - sum(deleted_count) as least_count
    from arrivals
    group by source_system, source_entity
),

said as (
    select * from arrivals
    where said_count is not null
    qualify row_number() over (
        partition by source_system, source_entity
        order by landed_at desc nulls last, load_id desc nulls last
    ) = 1
),

-- What a source names as we do is counted where it is used.
counts as (
    {% for entity in entities %}
        select source_system, '{{ entity }}' as source_entity, count(*) as record_count from {{ ref('cnf_' ~ entity) }} group by source_system
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

our_words as (
    select distinct source_entity from counts
),

in_our_words as (
    select said.source_system
    from said
    left join our_words on said.source_entity = our_words.source_entity
    group by said.source_system
    having count(*) = count(our_words.source_entity)
),

sums as (
    {% for entity, amount in amounts.items() %}
        select source_system, '{{ entity }}' as source_entity, sum({{ amount }}) as amount from {{ ref('cnf_' ~ entity) }} group by source_system
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rules as (
    {{ control_rules('landed_incomplete') }}
),

-- A file of changes counts what it hands over, a whole table what there is. A table that has no counterpart here holds between what came and what
-- was not deleted since.
compared as (
    select
        said.*,
        systems.base_currency,
        coalesce(case when in_our_words.source_system is not null then coalesce(counts.record_count, 0) end, held.least_count) as held_count,
        sums.amount as held_amount,
        case
            when in_our_words.source_system is not null then said.said_count not in (coalesce(counts.record_count, 0), said.received_count)
            else said.said_count not between held.least_count and held.most_count and said.said_count <> said.received_count
        end as is_short,
        said.said_count = coalesce(counts.record_count, held.least_count) as is_summed
    from said
    inner join systems on said.source_system = systems.source_system
    inner join held on said.source_system = held.source_system and said.source_entity = held.source_entity
    left join counts on said.source_system = counts.source_system and said.source_entity = counts.source_entity
    left join in_our_words on said.source_system = in_our_words.source_system
    left join sums on said.source_system = sums.source_system and said.source_entity = sums.source_entity
),

examined as (
    select
        compared.source_entity as entity_id,
        compared.source_system,
        {{ as_of() }} as occurred_on,
        compared.said_count,
        compared.held_count,
        compared.said_amount,
        compared.held_amount,
        compared.base_currency as currency,
        compared.said_amount as expected_amount,
        cast(compared.held_amount as decimal(18, 2)) as actual_amount,
        cast(coalesce(compared.said_amount - compared.held_amount, 0) as decimal(18, 2)) as at_risk_amount,
        coalesce(compared.said_amount, 0) as examined_amount,
        case when compared.is_short then 'count_differs' else 'sum_differs' end as cause,
        'Export ' || compared.source_entity || ' of ' || compared.source_system || ' again: it said '
        || compared.said_count || ' records, and ' || compared.held_count || ' are here' as suggested_action,
        compared.is_short
        or (compared.is_summed and {{ beyond_tolerance('compared.said_amount - compared.held_amount', 'compared.said_amount') }}) as is_exception
    from compared
    inner join rules on {{ in_force(as_of()) }}
),

final as (
    {{ control_rows('landed_incomplete', 'extract_totals', evidence=['said_count', 'held_count', 'said_amount', 'held_amount']) }}
)

select * from final
