-- One row per delivery, with what it is of: its job's terms, the order line it names, its product and person, before
-- anything is converted.
with deliveries as (
    select * from {{ ref('cnf_deliveries') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

every_line as (
    select * from {{ ref('int_order_lines') }}
),

named as (
    select distinct deliveries.source_system, deliveries.job_line_id, systems.legal_entity
    from deliveries
    inner join systems on deliveries.source_system = systems.source_system
    where deliveries.job_line_id is not null
),

-- Two other systems may each have a line of that id; then nobody knows which is meant.
foreign_lines as (
    select
        named.source_system,
        named.job_line_id,
        min(every_line.order_line_key) as order_line_key
    from named
    inner join every_line on named.legal_entity = every_line.legal_entity and named.job_line_id = every_line.job_line_id
    group by named.source_system, named.job_line_id
    having count(*) = 1
),

-- The line that a delivery names: its own system's, else the only one of that id in its company.
order_lines as (
    select
        named.source_system,
        named.job_line_id,
        every_line.order_line_key,
        every_line.product_key
    from named
    left join every_line as own_lines
        on named.source_system = own_lines.source_system and named.job_line_id = own_lines.job_line_id
    left join foreign_lines on named.source_system = foreign_lines.source_system and named.job_line_id = foreign_lines.job_line_id
    inner join every_line on coalesce(own_lines.order_line_key, foreign_lines.order_line_key) = every_line.order_line_key
),

final as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.work_order_id,
        order_lines.order_line_key,
        systems.legal_entity,
        coalesce(xref_job.job_key, 'unknown') as job_key,
        coalesce(xref_job.match_rule, 'no_job') as job_match_rule,
        coalesce(terms.deal_key, 'unknown') as deal_key,
        coalesce(terms.contract_key, 'unknown') as contract_key,
        coalesce(terms.customer_key, 'unknown') as customer_key,
        coalesce(deliveries.product_id, work_orders.product_id) as product_id,
        coalesce(xref_product.product_key, order_lines.product_key, 'unknown') as product_key,
        {{ key_if('work_orders.work_order_id', ['work_orders.source_system', 'work_orders.work_order_id']) }} as work_order_key,
        coalesce(people.person_key, 'unknown') as person_key,
        coalesce(terms.contract_currency, systems.base_currency) as contract_currency,
        coalesce(terms.currency, systems.base_currency) as currency,
        terms.job_type,
        deliveries.delivery_type,
        deliveries.status,
        coalesce(deliveries.billable, true) as is_billable,
        deliveries.delivered_on,
        deliveries.accepted_on,
        deliveries.period_starts_on,
        deliveries.period_ends_on,
        lower(trim(deliveries.rate_class)) as rate_class,
        deliveries.quantity,
        lower(trim(deliveries.unit)) as stated_unit,
        product_units.unit as product_unit,
        deliveries.value_amount,
        deliveries.unit_price,
        deliveries.load_id
    from deliveries
    left join {{ ref('cnf_work_orders') }} as work_orders
        on deliveries.source_system = work_orders.source_system and deliveries.work_order_id = work_orders.work_order_id
    left join systems on deliveries.source_system = systems.source_system
    left join {{ ref('int_record_job_links') }} as xref_job
        on
            deliveries.source_system = xref_job.source_system
            and deliveries.delivery_id = xref_job.source_id
            and xref_job.source_entity = 'deliveries'
    left join {{ ref('int_job_terms') }} as terms on xref_job.job_key = terms.job_key
    left join order_lines
        on deliveries.source_system = order_lines.source_system and deliveries.job_line_id = order_lines.job_line_id
    left join {{ ref('xref_person') }} as people
        on deliveries.source_system = people.source_system and deliveries.person_id = people.source_id
    left join {{ ref('xref_product') }} as xref_product
        on
            deliveries.source_system = xref_product.source_system
            and coalesce(deliveries.product_id, work_orders.product_id) = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    left join {{ ref('int_product_units') }} as product_units
        on xref_product.source_system = product_units.source_system and xref_product.source_id = product_units.product_id
)

select * from final
