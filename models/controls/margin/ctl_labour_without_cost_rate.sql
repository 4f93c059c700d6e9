-- One row per person, or job where nobody is named, whose approved time costs nothing though other time of its job has
-- a rate, or most of its kind of job costs something; and one per system and kind of job for the time that is costed
-- nowhere near. A system that costs no time at all is examined and not asked.
with rules as (
    {{ control_rules('labour_without_cost_rate') }}
),

labour as (
    select
        terms.source_system,
        terms.delivery_id,
        records.person_id,
        jobs.job_id,
        terms.job_key,
        coalesce(jobs.job_type, 'unknown') as job_type,
        terms.delivered_on,
        terms.base_quantity,
        case when terms.base_unit = 'hour' then terms.base_quantity end as hours,
        coalesce(loaded.left_out_reason is not null, false) as is_uncosted,
        loaded.delivery_id is not null and loaded.left_out_reason is null as is_rated,
        coalesce(loaded.left_out_reason is not null and {{ window_passed('terms.delivered_on') }}, false) as is_missing
    from {{ ref('int_delivery_terms') }} as terms
    inner join {{ ref('cnf_deliveries') }} as records
        on terms.source_system = records.source_system and terms.delivery_id = records.delivery_id
    inner join rules on {{ in_force('terms.delivered_on') }}
    left join {{ ref('int_loaded_labour') }} as loaded
        on terms.source_system = loaded.source_system and terms.delivery_id = loaded.delivery_id
    left join {{ ref('int_job_terms') }} as jobs on terms.job_key = jobs.job_key
    where
        terms.delivery_type = 'time' and terms.status = 'approved' and terms.delivered_on <= {{ as_of() }}
        -- A month of a service is no hours of anybody.
        and coalesce(terms.base_unit, 'hour') = 'hour'
        -- A placed person is paid, and not costed: that pay is missing is timesheet_billed_not_paid.
        and coalesce(jobs.job_type, 'unknown') <> 'placement'
),

-- Where other time of the job has a rate, or most of its kind costs something, time that costs nothing is an omission,
-- and a rate mends it. Elsewhere hours are not costed, which is one thing to know and not one of every person.
compared as (
    select
        *,
        count(case when is_uncosted then 1 end) over (partition by source_system, job_type) * 2
        <= count(*) over (partition by source_system, job_type)
        or (job_key <> 'unknown' and count(case when is_rated then 1 end) over (partition by source_system, job_key) > 0) as is_usual,
        count(case when not is_uncosted then 1 end) over (partition by source_system) > 0 as is_costing
    from labour
),

subjects as (
    select
        *,
        case
            when not is_usual then 'systems'
            when person_id is not null then 'people'
            when job_id is not null then 'jobs'
            else 'deliveries'
        end as entity,
        case when is_usual then coalesce(person_id, job_id, delivery_id) else source_system end as entity_id,
        case when is_usual then 'rate' else job_type end as part
    from compared
),

summed as (
    select
        source_system,
        entity,
        entity_id,
        part,
        max(delivered_on) as last_on,
        min(case when is_missing then delivered_on end) as missing_on,
        max(case when is_missing then delivered_on end) as last_missing_on,
        case when count(distinct case when is_missing then job_key end) = 1 then max(case when is_missing then job_key end) end as job_key,
        count(case when is_missing then 1 end) as delivery_count,
        count(distinct case when is_missing then job_key end) as job_count,
        cast(coalesce(sum(case when is_missing then hours end), 0) as decimal(18, 2)) as hours,
        -- What was taken back again was not worked.
        coalesce(sum(case when is_missing then base_quantity end), 0) > 0 as is_worked,
        max(case when is_costing then 1 else 0 end) = 1 as is_costing
    from subjects
    group by source_system, entity, entity_id, part
),

examined as (
    select
        summed.entity,
        summed.entity_id,
        summed.source_system,
        summed.part,
        coalesce(summed.job_key, 'unknown') as job_key,
        coalesce(summed.missing_on, summed.last_on) as occurred_on,
        summed.missing_on,
        summed.last_missing_on,
        summed.delivery_count,
        summed.job_count,
        summed.hours,
        '{{ var("reporting_currency") }}' as currency,
        cast(null as decimal(18, 2)) as expected_amount,
        cast(null as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(0 as decimal(18, 2)) as examined_amount,
        case
            when summed.entity = 'systems' then 'time_is_not_costed'
            when summed.entity = 'people' then 'no_rate_of_the_day'
            else 'nobody_named'
        end as cause,
        case
            when summed.entity = 'systems'
                then
                    'Land what hours of ' || replace(summed.part, '_', ' ') || ' jobs cost, or enter rates in seeds/cost_rates.csv: without them '
                    || 'their margins leave out ' || summed.delivery_count || ' records of time in ' || summed.entity_id
            when summed.entity = 'people'
                then 'Enter what an hour of {record} costs in seeds/cost_rates.csv, from ' || {{ day_in_words('summed.missing_on') }} || ' on'
            else 'Say who worked on {record}, or enter a rate for everybody in seeds/cost_rates.csv'
        end as suggested_action,
        summed.is_worked and summed.is_costing as is_exception
    from summed
    inner join rules on {{ in_force('coalesce(summed.missing_on, summed.last_on)') }}
),

final as (
    {{ control_rows('labour_without_cost_rate', none, has=['part', 'job_key'],
        evidence=['missing_on', 'last_missing_on', 'delivery_count', 'job_count', 'hours']) }}
)

select * from final
