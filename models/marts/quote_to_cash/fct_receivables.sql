-- One row per posted invoice: what it asked for, what settled it, and what is still open on the day of the position.
with invoices as (
    select * from {{ ref('int_receivable_invoices') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

-- An invoice is worth what its lines are worth: they were converted once, in fct_stage_events.
rates as (
    select
        lines.source_system,
        lines.invoice_id,
        max(events.exchange_rate) as exchange_rate
    from {{ ref('int_invoice_values') }} as lines
    inner join {{ ref('fct_stage_events') }} as events on lines.event_key = events.event_key
    where lines.valuation_rule <> 'voided'
    group by lines.source_system, lines.invoice_id
),

aged as (
    select
        invoices.*,
        rates.exchange_rate,
        systems.legal_entity,
        gross_amount - applied_amount as open_amount,
        case
            when gross_amount - applied_amount > 0 then greatest({{ days_between('due_on', as_of()) }}, 0)
            else 0
        end as days_overdue
    from invoices
    inner join systems on invoices.source_system = systems.source_system
    left join rates on invoices.source_system = rates.source_system and invoices.invoice_id = rates.invoice_id
),

final as (
    select
        invoice_key,
        customer_key,
        job_key,
        {{ as_of() }} as as_of_on,
        issued_on,
        due_on,
        invoice_number,
        case
            when days_overdue = 0 then 'current'
            when days_overdue <= 30 then '1-30'
            when days_overdue <= 60 then '31-60'
            when days_overdue <= 90 then '61-90'
            when days_overdue <= 120 then '91-120'
            else 'over 120'
        end as ageing_bucket,
        cast(days_overdue as integer) as days_overdue,
        currency,
        cast(gross_amount as decimal(18, 2)) as gross_amount,
        cast(applied_amount as decimal(18, 2)) as applied_amount,
        cast(open_amount as decimal(18, 2)) as open_amount,
        exchange_rate,
        {{ converted('gross_amount', 'exchange_rate') }} as reporting_gross_amount,
        cast(
            {{ converted('gross_amount', 'exchange_rate') }} - {{ converted('open_amount', 'exchange_rate') }} as decimal(18, 2)
        ) as reporting_applied_amount,
        {{ converted('open_amount', 'exchange_rate') }} as reporting_open_amount,
        legal_entity,
        source_system,
        invoice_id,
        load_id
    from aged
)

select * from final
