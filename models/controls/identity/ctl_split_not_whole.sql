-- One row per deal and span of days on which the same persons share it: their shares do not add up to the whole.
with splits as (
    select
        source_system,
        deal_id,
        person_id,
        share_bp,
        coalesce(valid_from, cast('1900-01-01' as date)) as starts_on,
        coalesce(valid_to, cast('2999-12-31' as date)) as ends_on
    from {{ ref('attribution_splits') }}
),

-- The days on which somebody's share begins, and those after one ended.
turns as (
    select source_system, deal_id, starts_on as turns_on from splits
    union
    select source_system, deal_id, {{ plus_days('ends_on', '1') }} from splits
),

spans as (
    select
        source_system,
        deal_id,
        turns_on as starts_on,
        lead(turns_on) over (partition by source_system, deal_id order by turns_on nulls last) as next_on
    from turns
),

-- On a day on which nobody shares the deal it is its owner's.
shared as (
    select
        spans.source_system,
        spans.deal_id,
        spans.starts_on,
        spans.next_on,
        sum(splits.share_bp) as share_bp,
        count(*) as person_count
    from spans
    inner join splits
        on
            spans.source_system = splits.source_system
            and spans.deal_id = splits.deal_id
            and spans.starts_on >= splits.starts_on
            and spans.starts_on <= splits.ends_on
    where spans.starts_on <= {{ as_of() }}
    group by spans.source_system, spans.deal_id, spans.starts_on, spans.next_on
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

deals as (
    select * from {{ ref('cnf_deals') }}
),

rules as (
    {{ control_rules('split_not_whole') }}
),

dated as (
    select
        shared.source_system,
        shared.deal_id,
        shared.starts_on,
        -- A share without a first day is as old as its deal.
        greatest(shared.starts_on, coalesce(deals.created_on, shared.starts_on)) as occurred_on,
        {{ plus_days('shared.next_on', '-1') }} as ends_on,
        shared.share_bp,
        shared.person_count,
        coalesce(deals.currency, systems.base_currency) as currency,
        coalesce(deals.amount, 0) as deal_amount,
        cast(round(coalesce(deals.amount, 0) * cast(shared.share_bp as decimal(18, 0)) * 0.0001, 2) as decimal(18, 2)) as credited_amount
    from shared
    inner join systems on shared.source_system = systems.source_system
    left join deals on shared.source_system = deals.source_system and shared.deal_id = deals.deal_id
),

examined as (
    select
        dated.deal_id as entity_id,
        dated.source_system,
        cast(dated.starts_on as {{ dbt.type_string() }}) as part,
        {{ make_key(['dated.source_system', 'dated.deal_id']) }} as deal_key,
        dated.occurred_on,
        dated.occurred_on as period_starts_on,
        dated.ends_on as period_ends_on,
        dated.share_bp,
        dated.person_count,
        dated.currency,
        dated.deal_amount as expected_amount,
        dated.credited_amount as actual_amount,
        dated.deal_amount - dated.credited_amount as at_risk_amount,
        dated.deal_amount as examined_amount,
        case when dated.share_bp < 10000 then 'below_whole' else 'above_whole' end as cause,
        'Correct the shares of {record}: those of ' || {{ day_in_words('dated.occurred_on') }} || ' add up to ' || dated.share_bp
        || ' basis points, and not to 10,000' as suggested_action,
        abs(dated.share_bp - 10000) > rules.tolerance_amount as is_exception
    from dated
    inner join rules on {{ in_force('dated.occurred_on') }}
),

final as (
    {{ control_rows('split_not_whole', 'deals', has=['part', 'period', 'deal_key'],
        evidence=['share_bp', 'person_count', 'expected_amount', 'currency']) }}
)

select * from final
