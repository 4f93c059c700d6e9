-- One row per system, entity, stage, denomination (currency or unit) and cause: what was landed, and what of it counts or is left out.
{% set as_valued = {
    'int_change_order_values': ('change_order', 'currency', 'document_amount'),
    'int_delivery_values': ('delivered', 'unit', 'quantity'),
    'int_recognised_values': ('recognised', 'currency', 'document_amount'),
    'int_cost_values': ('cost', 'currency', 'document_amount'),
} %}
with documents as (
    select
        source_system, source_entity, stage, currency as denomination, cast(document_amount as decimal(38, 6)) as amount,
        valuation_rule = 'voided' as is_turned, 'voided' as turn, left_out_reason, event_on, 1 as record_count
    from {{ ref('int_invoice_values') }}
    union all
    select
        source_system, source_entity, stage, currency, cast(document_amount as decimal(38, 6)),
        valuation_rule = 'receipt_reversed', 'reversed', left_out_reason, event_on, case when part_number = 1 then 1 else 0 end
    from {{ ref('int_receipt_values') }}
    union all
    select
        source_system, 'invoice_lines', stage, currency, cast(document_amount as decimal(38, 6)), true, 'edited', left_out_reason, event_on, 0
    from {{ ref('int_edited_values') }}
    {% for model, (stage, denomination, measure) in as_valued.items() %}
        union all
        select
            source_system, source_entity, stage, {{ denomination }}, cast({{ measure }} as decimal(38, 6)), false, null, left_out_reason, event_on, 1
        from {{ ref(model) }}
    {% endfor %}
),

-- A document that was turned round (voided, reversed) is landed once; what turns it round is left out of what was landed, and counts with its sign.
caused as (
    select
        source_system,
        source_entity,
        stage,
        denomination,
        case
            when left_out_reason is not null then left_out_reason
            when event_on > {{ as_of() }} and not is_turned then 'after_as_of'
            when is_turned then turn
            else 'counted'
        end as cause,
        case when is_turned then 0 else record_count end as record_count,
        case when is_turned then 0 else coalesce(amount, 0) end as landed_amount,
        case when left_out_reason is null and event_on <= {{ as_of() }} then coalesce(amount, 0) else 0 end as counted_amount
    from documents
    where not is_turned or event_on <= {{ as_of() }}
    union all
    select
        source_system, source_entity, 'booked', currency, cause, record_count,
        cast(landed_amount as decimal(38, 6)), cast(counted_amount as decimal(38, 6))
    from {{ ref('int_landed_commitments') }}
),

summed as (
    select
        source_system,
        source_entity,
        stage,
        coalesce(denomination, 'none') as denomination,
        cause,
        sum(record_count) as record_count,
        sum(landed_amount) as landed_amount,
        sum(counted_amount) as counted_amount
    from caused
    group by source_system, source_entity, stage, coalesce(denomination, 'none'), cause
),

-- Records of loads whose checks failed are kept in the log and counted here; what they hold is not read.
quarantined as (
    select source_system, source_entity, sum(record_count) as record_count
    from {{ ref('stg_arrivals') }}
    where is_rejected
    group by source_system, source_entity
),

final as (
    select
        source_system, source_entity, stage, denomination, cause,
        cast(record_count as bigint) as record_count,
        cast(landed_amount as decimal(38, 6)) as landed_amount,
        cast(counted_amount as decimal(38, 6)) as counted_amount,
        cast(landed_amount - counted_amount as decimal(38, 6)) as left_out_amount
    from summed
    union all
    select
        source_system, source_entity, 'none' as stage, 'none' as denomination, 'quarantined' as cause,
        cast(record_count as bigint), cast(0 as decimal(38, 6)), cast(0 as decimal(38, 6)), cast(0 as decimal(38, 6))
    from quarantined
    where record_count > 0
)

select * from final
