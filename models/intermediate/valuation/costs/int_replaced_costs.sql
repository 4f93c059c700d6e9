-- One row per labour cost that a pay item replaces: of the same delivery, or of the same person in the pay item's period and job.
with costs as (
    select
        costs.source_system,
        costs.cost_id,
        costs.delivery_id,
        costs.incurred_on,
        nullif(people.person_key, 'unknown') as person_key,
        nullif(xref_job.job_key, 'unknown') as job_key
    from {{ ref('cnf_costs') }} as costs
    left join {{ ref('xref_person') }} as people
        on costs.source_system = people.source_system and costs.person_id = people.source_id
    left join {{ ref('int_record_job_links') }} as xref_job
        on
            costs.source_system = xref_job.source_system
            and costs.cost_id = xref_job.source_id
            and xref_job.source_entity = 'costs'
    where costs.cost_type = 'labour'
),

pay_items as (
    select * from {{ ref('int_pay_item_terms') }}
    where left_out_reason is null
),

by_delivery as (
    select
        costs.source_system,
        costs.cost_id,
        pay_items.pay_item_id
    from costs
    inner join pay_items
        on
            costs.delivery_id = pay_items.delivery_id
            and costs.source_system = coalesce(pay_items.delivery_system, pay_items.source_system)
    where costs.person_key is null or pay_items.person_key = 'unknown' or costs.person_key = pay_items.person_key
),

-- One row a day of the period, so that the join is on equal days and grows with the days paid, not with costs × pay items.
paid_days as (
    select
        pay_items.pay_item_id,
        pay_items.delivery_id,
        pay_items.person_key,
        pay_items.job_key,
        {{ each_day('pay_items.period_starts_on', 'pay_items.period_ends_on') }} as paid_day
    from pay_items
    where pay_items.person_key <> 'unknown' and pay_items.period_ends_on >= pay_items.period_starts_on
),

by_period as (
    select
        costs.source_system,
        costs.cost_id,
        paid_days.pay_item_id
    from costs
    inner join paid_days on costs.person_key = paid_days.person_key and costs.incurred_on = paid_days.paid_day
    where
        (costs.delivery_id is null or paid_days.delivery_id is null)
        and (costs.job_key is null or paid_days.job_key = 'unknown' or costs.job_key = paid_days.job_key)
),

found as (
    select * from by_delivery
    union all
    select * from by_period
),

final as (
    select
        source_system,
        cost_id,
        min(pay_item_id) as pay_item_id
    from found
    group by source_system, cost_id
)

select * from final
