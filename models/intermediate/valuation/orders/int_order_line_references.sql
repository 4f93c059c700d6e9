-- One row per order line that a delivery names: its own system's, else the only one of that id in its company.
with lines as (
    select * from {{ ref('int_order_lines') }}
),

named as (
    select distinct deliveries.source_system, deliveries.job_line_id, systems.legal_entity
    from {{ ref('cnf_deliveries') }} as deliveries
    inner join {{ ref('int_source_systems') }} as systems on deliveries.source_system = systems.source_system
    where deliveries.job_line_id is not null
),

-- Two other systems may each have a line of that id; then nobody knows which is meant.
foreign_lines as (
    select
        named.source_system,
        named.job_line_id,
        min(lines.order_line_key) as order_line_key
    from named
    inner join lines on named.legal_entity = lines.legal_entity and named.job_line_id = lines.job_line_id
    group by named.source_system, named.job_line_id
    having count(*) = 1
),

found as (
    select
        named.source_system,
        named.job_line_id,
        coalesce(own_lines.order_line_key, foreign_lines.order_line_key) as order_line_key
    from named
    left join lines as own_lines on named.source_system = own_lines.source_system and named.job_line_id = own_lines.job_line_id
    left join foreign_lines on named.source_system = foreign_lines.source_system and named.job_line_id = foreign_lines.job_line_id
),

final as (
    select
        found.source_system,
        found.job_line_id,
        found.order_line_key,
        lines.product_key
    from found
    inner join lines on found.order_line_key = lines.order_line_key
)

select * from final
