-- One row per record in a foreign currency that counts in a total: there is no rate for its day.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where rate_rule <> 'base' and document_amount <> 0
),

-- Lines of one invoice have one rate; so have the applications of one receipt.
records as (
    select
        events.source_system,
        case
            when events.source_entity = 'invoice_lines' then 'invoices'
            when events.source_entity = 'payment_applications' then 'payments'
            else events.source_entity
        end as entity,
        coalesce(lines.invoice_id, applications.payment_id, events.source_id) as record_id,
        case when events.source_entity = 'invoice_lines' then {{ make_key(['events.source_system', 'lines.invoice_id']) }} end as invoice_key,
        case when events.source_entity = 'deliveries' then {{ make_key(['events.source_system', 'events.source_id']) }} end as delivery_key,
        events.job_key,
        events.customer_key,
        events.event_on,
        events.currency,
        events.document_amount,
        events.exchange_rate
    from events
    left join {{ ref('cnf_invoice_lines') }} as lines
        on
            events.source_system = lines.source_system
            and case when events.source_entity = 'invoice_lines' then events.source_id end = lines.invoice_line_id
    left join {{ ref('cnf_payment_applications') }} as applications
        on
            events.source_system = applications.source_system
            and case when events.source_entity = 'payment_applications' then events.source_id end = applications.application_id
),

summed as (
    select
        source_system,
        entity,
        record_id,
        min(invoice_key) as invoice_key,
        min(delivery_key) as delivery_key,
        case when count(distinct job_key) = 1 then min(job_key) else 'unknown' end as job_key,
        min(customer_key) as customer_key,
        min(case when exchange_rate is null then event_on end) as missing_on,
        min(event_on) as event_on,
        min(currency) as currency,
        cast(abs(sum(document_amount)) as decimal(18, 2)) as amount,
        count(case when exchange_rate is null then 1 end) as missing_count
    from records
    group by source_system, entity, record_id
),

rules as (
    {{ control_rules('fx_rate_missing') }}
),

examined as (
    select
        summed.record_id as entity_id,
        summed.entity,
        summed.source_system,
        summed.job_key,
        summed.delivery_key,
        summed.invoice_key,
        summed.customer_key,
        coalesce(summed.missing_on, summed.event_on) as occurred_on,
        summed.missing_on,
        summed.currency,
        summed.amount,
        summed.amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        summed.amount as at_risk_amount,
        summed.amount as examined_amount,
        'no_rate_of_the_day' as cause,
        'Enter the rate of ' || summed.currency || ' on ' || {{ day_in_words('summed.missing_on') }} as suggested_action,
        summed.missing_count > 0 as is_exception
    from summed
    inner join rules on {{ in_force('coalesce(summed.missing_on, summed.event_on)') }}
),

final as (
    {{ control_rows('fx_rate_missing', none, has=['job_key', 'delivery_key', 'invoice_key', 'customer_key'],
            evidence=[
                'missing_on', 'amount',
                'currency',
            ]) }}
)

select * from final
