-- One row per invoice line that names a delivery which counts, by its id or, where it gives none, by its number in the
-- text, with that delivery.
with deliveries as (
    select
        delivered.event_key as item_key,
        nullif(delivered.job_key, 'unknown') as job_key,
        systems.legal_entity,
        delivered.source_system,
        delivered.delivery_id
    from {{ ref('int_delivery_values') }} as delivered
    inner join {{ ref('int_source_systems') }} as systems on delivered.source_system = systems.source_system
    where delivered.left_out_reason is null and delivered.event_on <= {{ as_of() }}
),

keepers as (
    select distinct source_system from {{ ref('cnf_deliveries') }}
),

lines as (
    select
        valued.event_key as item_key,
        valued.source_system,
        systems.legal_entity,
        records.delivery_id,
        nullif(valued.job_key, 'unknown') as job_key,
        keepers.source_system is not null as has_deliveries
    from {{ ref('int_invoice_values') }} as valued
    inner join {{ ref('cnf_invoice_lines') }} as records
        on valued.source_system = records.source_system and valued.invoice_line_id = records.invoice_line_id
    inner join {{ ref('int_source_systems') }} as systems on valued.source_system = systems.source_system
    left join keepers on valued.source_system = keepers.source_system
    where records.delivery_id is not null and valued.stage = 'invoiced' and valued.valuation_rule <> 'voided'
),

-- A system that keeps deliveries means its own; one that keeps none means another's of its company, or of the job that
-- both name.
matches as (
    select
        lines.item_key,
        deliveries.item_key as delivery_key,
        coalesce(lines.job_key = deliveries.job_key, false) as is_of_its_job,
        count(*) over (partition by lines.item_key, coalesce(lines.job_key = deliveries.job_key, false)) as candidates
    from lines
    inner join deliveries on lines.delivery_id = deliveries.delivery_id
    where
        (lines.source_system = deliveries.source_system or not lines.has_deliveries)
        and (lines.legal_entity = deliveries.legal_entity or lines.job_key = deliveries.job_key)
),

-- Of several, the one of the line's job; two of them are not guessed between.
chosen as (
    select * from matches
    qualify row_number() over (
        partition by item_key
        order by is_of_its_job desc nulls last, delivery_key nulls last
    ) = 1
),

keyed as (
    select item_key, {{ make_key(['source_system', 'delivery_id']) }} as delivery_key from deliveries
),

-- A text that names several says nothing of each.
in_text as (
    select
        line_references.event_key as item_key,
        min(keyed.item_key) as delivery_key
    from {{ ref('int_line_references') }} as line_references
    inner join {{ ref('int_invoice_values') }} as valued on line_references.event_key = valued.event_key
    inner join keyed on line_references.delivery_key = keyed.delivery_key
    where line_references.rule = 'delivery_in_text' and valued.stage = 'invoiced'
    group by line_references.event_key
    having count(*) = 1
),

final as (
    select item_key, delivery_key from chosen
    where candidates = 1
    union all
    select item_key, delivery_key from in_text
)

select * from final
