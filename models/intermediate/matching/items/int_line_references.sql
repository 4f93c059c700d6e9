-- One row per line of a posted sales document and delivery or work order that it names: in a field of its own, or by number in its text.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

lines as (
    select
        valued.event_key,
        valued.source_system,
        valued.invoice_line_id,
        valued.job_key,
        records.description,
        records.work_order_ref,
        records.delivery_id,
        systems.legal_entity
    from {{ ref('int_invoice_values') }} as valued
    inner join {{ ref('cnf_invoice_lines') }} as records
        on valued.source_system = records.source_system and valued.invoice_line_id = records.invoice_line_id
    inner join systems on valued.source_system = systems.source_system
    where valued.valuation_rule <> 'voided' and valued.left_out_reason is null
),

deliveries as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.job_key,
        systems.legal_entity,
        {{ cleaned_job_code('deliveries.delivery_id') }} as code
    from {{ ref('int_delivery_terms') }} as deliveries
    inner join systems on deliveries.source_system = systems.source_system
),

work_orders as (
    select * from {{ ref('int_work_order_codes') }}
    where job_key is not null and code not like 'JOB%'
),

-- A system that keeps deliveries means its own.
keepers as (
    select distinct source_system from deliveries
),

named as (
    select
        lines.event_key,
        lines.source_system,
        lines.invoice_line_id,
        deliveries.source_system as delivery_system,
        deliveries.delivery_id
    from lines
    left join keepers on lines.source_system = keepers.source_system
    inner join deliveries on lines.delivery_id = deliveries.delivery_id
    where
        (deliveries.source_system = lines.source_system or keepers.source_system is null)
        -- Work of one system may be billed by several companies of a group: then the job says whose it is.
        and (lines.legal_entity = deliveries.legal_entity or (lines.job_key = deliveries.job_key and lines.job_key <> 'unknown'))
    qualify row_number() over (
        partition by lines.source_system, lines.invoice_line_id
        order by deliveries.job_key = lines.job_key desc nulls last, deliveries.source_system nulls last
    ) = 1
),

-- A number may have parts (TS-10057-013), and may be followed by the number of a visit.
tokens as (
    {% for pattern in ["[A-Z]{1,12}[^A-Z0-9]{0,3}[0-9]+", "[A-Z]{1,12}[^A-Z0-9]{0,3}[0-9]+(?:[-/.][0-9]+)+"] %}
        select
            event_key,
            source_system,
            invoice_line_id,
            job_key,
            {{ each_match("upper(description)", pattern) }} as token
        from lines
        where delivery_id is null and {{ extract_first("description", "([0-9])") }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

codes as (
    select
        event_key,
        source_system,
        invoice_line_id,
        job_key,
        {{ cleaned_job_code('token') }} as code
    from tokens
),

in_text as (
    select codes.event_key, codes.source_system, codes.invoice_line_id, deliveries.source_system as delivery_system, deliveries.delivery_id
    from codes
    inner join deliveries on codes.code = deliveries.code and codes.job_key = deliveries.job_key
    where deliveries.code not like 'JOB%' and deliveries.job_key <> 'unknown'
),

to_deliveries as (
    select event_key, source_system, invoice_line_id, delivery_system, delivery_id, 'delivery' as rule from named
    union
    select event_key, source_system, invoice_line_id, delivery_system, delivery_id, 'delivery_in_text' from in_text
),

-- A line that names a delivery is not read for its work order.
to_work_orders as (
    select lines.event_key, lines.source_system, lines.invoice_line_id, work_orders.work_order_key, 'work_order' as rule
    from lines
    inner join work_orders
        on lines.job_key = work_orders.job_key and {{ cleaned_job_code('lines.work_order_ref') }} = work_orders.code
    union
    select codes.event_key, codes.source_system, codes.invoice_line_id, work_orders.work_order_key, 'work_order_in_text'
    from codes
    inner join work_orders on codes.job_key = work_orders.job_key and codes.code = work_orders.code
),

final as (
    select
        event_key,
        source_system,
        invoice_line_id,
        {{ make_key(['delivery_system', 'delivery_id']) }} as delivery_key,
        cast(null as {{ dbt.type_string() }}) as work_order_key,
        rule
    from to_deliveries
    union all
    select
        to_work_orders.event_key,
        to_work_orders.source_system,
        to_work_orders.invoice_line_id,
        null,
        to_work_orders.work_order_key,
        min(to_work_orders.rule)
    from to_work_orders
    left join to_deliveries
        on to_work_orders.source_system = to_deliveries.source_system and to_work_orders.invoice_line_id = to_deliveries.invoice_line_id
    where to_deliveries.invoice_line_id is null
    group by to_work_orders.event_key, to_work_orders.source_system, to_work_orders.invoice_line_id, to_work_orders.work_order_key
)

select * from final
