-- One row per cost and per pay item that arrived; labour that a pay item replaces carries that reason why it does not
-- count. A cost's product is its own, else its delivery's, else the only one that was sold for the job.
with only_products as (
    select * from {{ ref('int_only_products') }}
),

paid_work as (
    select * from {{ ref('int_pay_item_terms') }}
    where left_out_reason is null
),

labour_costs as (
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

by_delivery as (
    select
        labour_costs.source_system,
        labour_costs.cost_id,
        paid_work.pay_item_id
    from labour_costs
    inner join paid_work
        on
            labour_costs.delivery_id = paid_work.delivery_id
            and labour_costs.source_system = coalesce(paid_work.delivery_system, paid_work.source_system)
    where labour_costs.person_key is null or paid_work.person_key = 'unknown' or labour_costs.person_key = paid_work.person_key
),

-- One row a day of the period, so that the join is on equal days and grows with the days paid, not with costs × pay
-- items.
paid_days as (
    select
        paid_work.pay_item_id,
        paid_work.delivery_id,
        paid_work.person_key,
        paid_work.job_key,
        {{ each_day('paid_work.period_starts_on', 'paid_work.period_ends_on') }} as paid_day
    from paid_work
    where paid_work.person_key <> 'unknown' and paid_work.period_ends_on >= paid_work.period_starts_on
),

by_period as (
    select
        labour_costs.source_system,
        labour_costs.cost_id,
        paid_days.pay_item_id
    from labour_costs
    inner join paid_days on labour_costs.person_key = paid_days.person_key and labour_costs.incurred_on = paid_days.paid_day
    where
        (labour_costs.delivery_id is null or paid_days.delivery_id is null)
        and (labour_costs.job_key is null or paid_days.job_key = 'unknown' or labour_costs.job_key = paid_days.job_key)
),

replacements as (
    select * from by_delivery
    union all
    select * from by_period
),

-- Labour that a pay item replaces: of the same delivery, or of the same person in the pay item's period and job.
replaced as (
    select
        source_system,
        cost_id,
        min(pay_item_id) as pay_item_id
    from replacements
    group by source_system, cost_id
),

costs as (
    select
        costs.source_system,
        'costs' as source_entity,
        costs.cost_id as source_id,
        coalesce(xref_job.job_key, 'unknown') as job_key,
        coalesce(xref_job.match_rule, 'no_job') as job_match_rule,
        deliveries.work_order_key,
        coalesce(xref_product.product_key, deliveries.product_key, only_products.product_key) as product_key,
        coalesce(people.person_key, 'unknown') as person_key,
        costs.incurred_on,
        costs.quantity,
        -- A cost that states no unit is in its delivery's where it has its quantity: six days may be 48 hours.
        coalesce(lower(trim(costs.unit)), case when costs.quantity = deliveries.quantity then deliveries.unit end) as unit,
        costs.currency,
        costs.amount,
        costs.cost_type as valuation_rule,
        case when replaced.cost_id is not null then 'replaced_by_pay_item' end as left_out_reason,
        costs.source_system as delivery_system,
        costs.delivery_id,
        costs.load_id
    from {{ ref('cnf_costs') }} as costs
    left join replaced
        on costs.source_system = replaced.source_system and costs.cost_id = replaced.cost_id
    left join {{ ref('xref_person') }} as people
        on costs.source_system = people.source_system and costs.person_id = people.source_id
    left join {{ ref('int_delivery_terms') }} as deliveries
        on costs.source_system = deliveries.source_system and costs.delivery_id = deliveries.delivery_id
    left join {{ ref('int_record_job_links') }} as xref_job
        on
            costs.source_system = xref_job.source_system
            and costs.cost_id = xref_job.source_id
            and xref_job.source_entity = 'costs'
    left join {{ ref('xref_product') }} as xref_product
        on
            costs.source_system = xref_product.source_system
            and costs.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    left join only_products on xref_job.job_key = only_products.job_key
),

pay_items as (
    select
        items.source_system,
        'pay_items' as source_entity,
        items.pay_item_id as source_id,
        items.job_key,
        items.job_match_rule,
        items.work_order_key,
        coalesce(nullif(items.product_key, 'unknown'), only_products.product_key) as product_key,
        items.person_key,
        items.incurred_on,
        items.quantity,
        items.unit,
        items.currency,
        items.amount,
        'pay_item' as valuation_rule,
        items.left_out_reason,
        items.delivery_system,
        items.delivery_id,
        items.load_id
    from {{ ref('int_pay_item_terms') }} as items
    left join only_products on items.job_key = only_products.job_key
),

both_kinds as (
    select * from costs
    union all
    select * from pay_items
),

final as (
    select
        {{ make_key(["'cost'", 'both_kinds.source_system', 'both_kinds.source_entity', 'both_kinds.source_id']) }} as event_key,
        'cost' as stage,
        coalesce(terms.deal_key, 'unknown') as deal_key,
        coalesce(terms.contract_key, 'unknown') as contract_key,
        both_kinds.job_key,
        coalesce(both_kinds.work_order_key, 'unknown') as work_order_key,
        coalesce(both_kinds.product_key, 'unknown') as product_key,
        coalesce(terms.customer_key, 'unknown') as customer_key,
        both_kinds.person_key,
        both_kinds.incurred_on as event_on,
        both_kinds.incurred_on as rate_on,
        both_kinds.quantity,
        both_kinds.unit,
        both_kinds.currency,
        both_kinds.amount as document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        both_kinds.valuation_rule,
        both_kinds.job_match_rule,
        both_kinds.left_out_reason,
        both_kinds.delivery_system,
        both_kinds.delivery_id,
        both_kinds.source_system,
        both_kinds.source_entity,
        both_kinds.source_id,
        both_kinds.load_id
    from both_kinds
    left join {{ ref('int_job_terms') }} as terms on both_kinds.job_key = terms.job_key
)

select * from final
