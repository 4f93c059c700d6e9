-- One row per week of a placement, and per period of another contract that is worked by time, that is over: the
-- timesheet that it should have.
with time_deliveries as (
    select
        delivery_id,
        contract_key,
        delivered_on,
        quantity,
        coalesce(period_starts_on, delivered_on) as first_on,
        coalesce(period_ends_on, delivered_on) as last_on
    from {{ ref('int_delivery_terms') }}
    where delivery_type = 'time' and status <> 'rejected'
),

timed as (
    select distinct contract_key from time_deliveries
),

periods as (
    select periods.*
    from {{ ref('int_contract_periods') }} as periods
    left join timed on periods.contract_key = timed.contract_key
    where periods.is_placement or periods.is_by_time or timed.contract_key is not null
),

-- People work by the week, whatever the period of the invoice: a placement's timesheets are asked for by the week.
weeks as (
    select distinct
        contract_key,
        {{ each_step(dbt.date_trunc('week', 'period_starts_on'), 'least(period_ends_on, contract_ends_on, ' ~ as_of() ~ ')', 'interval 7 day') }}
            as week_on
    from periods
    where is_placement
),

begun as (
    select contract_key, min(period_starts_on) as begins_on, min(contract_ends_on) as ends_on
    from periods
    group by contract_key
),

spans as (
    select
        contract_key,
        period_key as span_key,
        period_starts_on,
        least(period_ends_on, contract_ends_on) as period_ends_on
    from periods
    where not is_placement
    union all
    select distinct
        weeks.contract_key,
        {{ make_key(['weeks.contract_key', 'weeks.week_on']) }},
        greatest(weeks.week_on, begun.begins_on),
        least({{ plus_days('weeks.week_on', '6') }}, begun.ends_on)
    from weeks
    inner join begun on weeks.contract_key = begun.contract_key
),

handed_in as (
    select
        spans.span_key,
        min(time_deliveries.delivery_id) as delivery_id
    from spans
    inner join time_deliveries on spans.contract_key = time_deliveries.contract_key
    where
        time_deliveries.first_on <= spans.period_ends_on and time_deliveries.last_on >= spans.period_starts_on
    group by spans.span_key
),

contracts as (
    select
        contract_key,
        min(contract_id) as contract_id,
        min(source_system) as source_system,
        min(job_key) as job_key,
        min(currency) as currency,
        max(case when is_placement then 1 else 0 end) = 1 as is_placement
    from periods
    group by contract_key
),

-- What a period of the contract is usually worth, all of its timesheets together.
worked as (
    select
        spans.contract_key,
        spans.span_key,
        sum(billing.value_amount) as value_amount
    from spans
    inner join {{ ref('int_delivery_billing') }} as billing on spans.contract_key = billing.contract_key
    where billing.delivery_type = 'time' and billing.delivered_on between spans.period_starts_on and spans.period_ends_on
    group by spans.contract_key, spans.span_key
),

usual as (
    select contract_key, cast(round(median(value_amount), 2) as decimal(18, 2)) as value_amount
    from worked
    group by contract_key
),

-- A contract that says how much a period holds is missing that much, at its charge rate, where it has one.
standard as (
    select
        terms.contract_key,
        terms.billing_period,
        terms.planned_quantity,
        case
            when count(distinct rates.charge_rate) = 1 then {{ extended('terms.standard_quantity_per_period', 'max(rates.charge_rate)') }}
        end as value_amount
    from {{ ref('dim_contract') }} as terms
    left join {{ ref('int_contract_rates') }} as rates on terms.contract_key = rates.contract_key
    group by terms.contract_key, terms.billing_period, terms.planned_quantity, terms.standard_quantity_per_period
),

-- Where all that was agreed is worked, nobody owes another timesheet.
used_up as (
    select
        spans.span_key,
        sum(time_deliveries.quantity) as quantity
    from spans
    inner join time_deliveries on spans.contract_key = time_deliveries.contract_key
    where time_deliveries.last_on < spans.period_starts_on
    group by spans.span_key
),

-- What of a placement nobody handed in, though something was still to be worked. A day or two of a week at either end
-- may hold no working day.
asked_for as (
    select
        spans.*,
        handed_in.delivery_id,
        handed_in.delivery_id is null and coalesce(used_up.quantity < standard.planned_quantity, true) as is_missing
    from spans
    left join standard on spans.contract_key = standard.contract_key
    left join handed_in on spans.span_key = handed_in.span_key
    left join used_up on spans.span_key = used_up.span_key
    where
        spans.period_ends_on <= {{ as_of() }}
        and {{ days_between('spans.period_starts_on', 'spans.period_ends_on') }} >= 2
),

-- A whole month or quarter of a placement without any timesheet is missing what the contract says of it: its weeks
-- share that.
empty_periods as (
    select
        periods.period_key,
        periods.contract_key,
        periods.period_starts_on,
        periods.period_ends_on,
        min(standard.value_amount) as value_amount
    from periods
    inner join standard on periods.contract_key = standard.contract_key
    left join time_deliveries
        on
            periods.contract_key = time_deliveries.contract_key
            and periods.period_starts_on <= time_deliveries.last_on
            and periods.period_ends_on >= time_deliveries.first_on
    where
        periods.period_starts_on = cast({{ dbt.date_trunc('month', 'periods.period_starts_on') }} as date)
        and periods.period_ends_on <= least(periods.contract_ends_on, {{ as_of() }})
    group by periods.period_key, periods.contract_key, periods.period_starts_on, periods.period_ends_on
    having count(time_deliveries.contract_key) = 0
),

numbered as (
    select
        asked_for.span_key,
        empty_periods.value_amount,
        row_number() over (partition by empty_periods.period_key order by asked_for.period_starts_on nulls last) as week_number,
        count(*) over (partition by empty_periods.period_key) as week_count
    from asked_for
    inner join empty_periods
        on
            asked_for.contract_key = empty_periods.contract_key
            and asked_for.period_starts_on between empty_periods.period_starts_on and empty_periods.period_ends_on
    where asked_for.is_missing
),

valued as (
    select
        asked_for.*,
        contracts.contract_id,
        contracts.source_system,
        contracts.job_key,
        contracts.currency,
        contracts.is_placement,
        cast(coalesce(
            {{ share('numbered.value_amount', 'numbered.week_number', 'numbered.week_count') }}
            - {{ share('numbered.value_amount', 'numbered.week_number - 1', 'numbered.week_count') }},
            case when contracts.is_placement = (standard.billing_period = 'week') then standard.value_amount end,
            usual.value_amount,
            0
        ) as decimal(18, 2)) as value_amount
    from asked_for
    inner join contracts on asked_for.contract_key = contracts.contract_key
    left join numbered on asked_for.span_key = numbered.span_key
    left join standard on asked_for.contract_key = standard.contract_key
    left join usual on asked_for.contract_key = usual.contract_key
),

final as (
    select
        span_key,
        contract_key,
        job_key,
        source_system,
        contract_id,
        is_placement,
        period_starts_on,
        period_ends_on,
        currency,
        value_amount,
        delivery_id,
        is_missing
    from valued
)

select * from final
