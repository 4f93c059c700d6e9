-- One row per pay item: the delivery, job and person it pays, and the day the work was done.
with pay_items as (
    select * from {{ ref('cnf_pay_items') }}
),

xref as (
    select * from {{ ref('int_record_job_links') }}
    where source_entity = 'pay_items'
),

deliveries as (
    select * from {{ ref('int_delivery_terms') }}
),

-- A delivery id may be another system's: its own first, then the one whose job it names.
paid_deliveries as (
    select
        pay_items.source_system as paid_by_system,
        pay_items.pay_item_id,
        deliveries.*
    from pay_items
    inner join deliveries on pay_items.delivery_id = deliveries.delivery_id
    left join xref on pay_items.source_system = xref.source_system and pay_items.pay_item_id = xref.source_id
    where pay_items.source_system = deliveries.source_system or xref.job_key = deliveries.job_key
    qualify row_number() over (
        partition by pay_items.source_system, pay_items.pay_item_id
        order by
            case when deliveries.source_system = pay_items.source_system then 1 else 2 end nulls last,
            deliveries.source_system nulls last
    ) = 1
),

placed as (
    select
        pay_items.*,
        deliveries.source_system as delivery_system,
        deliveries.delivered_on,
        deliveries.product_key,
        deliveries.work_order_key,
        coalesce(deliveries.job_key, xref.job_key, 'unknown') as job_key,
        case when deliveries.job_key is not null then 'delivery' else coalesce(xref.match_rule, 'no_job') end as job_match_rule,
        coalesce(people.person_key, 'unknown') as person_key
    from pay_items
    left join xref on pay_items.source_system = xref.source_system and pay_items.pay_item_id = xref.source_id
    left join {{ ref('xref_person') }} as people
        on pay_items.source_system = people.source_system and pay_items.person_id = people.source_id
    left join paid_deliveries as deliveries
        on pay_items.source_system = deliveries.paid_by_system and pay_items.pay_item_id = deliveries.pay_item_id
),

final as (
    select
        source_system,
        pay_item_id,
        delivery_system,
        delivery_id,
        job_key,
        job_match_rule,
        coalesce(work_order_key, 'unknown') as work_order_key,
        coalesce(product_key, 'unknown') as product_key,
        person_key,
        period_starts_on,
        period_ends_on,
        coalesce(delivered_on, period_ends_on, paid_on) as incurred_on,
        quantity,
        unit,
        amount,
        currency,
        case when lower(trim(status)) in ('draft', 'voided', 'cancelled', 'reversed', 'rejected') then lower(trim(status)) end as left_out_reason,
        load_id
    from placed
)

select * from final
