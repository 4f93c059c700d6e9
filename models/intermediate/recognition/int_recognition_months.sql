-- One row per job and month in which something was delivered, recognised or credited for it, in the currency of its ledger.
with jobs as (
    select * from {{ ref('int_job_terms') }}
),

recognised as (
    select
        job_key,
        source_system as ledger,
        month_on,
        sum(recognised_amount) as recognised_amount
    from {{ ref('int_income_movements') }}
    group by job_key, source_system, month_on
),

-- What a credit note takes back says itself why, and is no matter of the period; nor is what is billed anew in the month of its credit note.
credited as (
    select
        job_key,
        cast({{ dbt.date_trunc('month', 'event_on') }} as date) as month_on,
        sum(document_amount) as credited_amount
    from {{ ref('int_recognised_values') }}
    where document_type = 'credit_note'
    group by job_key, cast({{ dbt.date_trunc('month', 'event_on') }} as date)
),

ledgers as (
    select
        recognised.job_key,
        min(systems.base_currency) as base_currency
    from recognised
    inner join {{ ref('int_source_systems') }} as systems on recognised.ledger = systems.source_system
    group by recognised.job_key
),

shared as (
    select contract_key from jobs
    where contract_key <> 'unknown'
    group by contract_key
    having count(*) > 1
),

-- Of a contract with several jobs the ledger's months cannot be told apart.
single as (
    select jobs.job_key
    from jobs
    left join shared on jobs.contract_key = shared.contract_key
    where shared.contract_key is null
),

delivered as (
    select
        events.job_key,
        cast({{ dbt.date_trunc('month', 'events.event_on') }} as date) as month_on,
        max(case when events.currency <> ledgers.base_currency then events.currency end) as foreign_currency,
        sum(case
            when events.currency = ledgers.base_currency then events.document_amount
            else {{ share('events.document_amount', 'rates.rate', 'base_rates.rate', part_places=12) }}
        end) as delivered_amount
    from {{ ref('int_stage_events') }} as events
    inner join ledgers on events.job_key = ledgers.job_key
    left join {{ ref('int_control_rates') }} as rates on events.currency = rates.currency and events.event_on = rates.rate_on
    left join {{ ref('int_control_rates') }} as base_rates on ledgers.base_currency = base_rates.currency and events.event_on = base_rates.rate_on
    where events.stage = 'delivered'
    group by events.job_key, cast({{ dbt.date_trunc('month', 'events.event_on') }} as date)
),

closing as (
    select
        sides.job_key,
        sides.month_on,
        sum(sides.delivered_amount) as delivered_amount,
        sum(sides.recognised_amount) as recognised_amount,
        sum(sides.credited_amount) as credited_amount
    from (
        select job_key, month_on, delivered_amount, 0 as recognised_amount, 0 as credited_amount from delivered
        union all
        select job_key, month_on, 0, recognised_amount, 0 from recognised
        union all
        select job_key, month_on, 0, 0, credited_amount from credited
    ) as sides
    group by sides.job_key, sides.month_on
),

worked as (
    select
        job_key,
        max(foreign_currency) as foreign_currency
    from delivered
    group by job_key
),

final as (
    select
        closing.*,
        ledgers.base_currency,
        worked.foreign_currency,
        worked.job_key is not null as is_delivered
    from closing
    inner join single on closing.job_key = single.job_key
    inner join ledgers on closing.job_key = ledgers.job_key
    left join worked on closing.job_key = worked.job_key
)

select * from final
