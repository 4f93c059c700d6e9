-- One row per occasion on which what is owed for an invoice changed, in the reporting currency: what DSO is made of.
with movements as (
    select
        *,
        sum(amount) over (
            partition by source_system, invoice_id
            order by moved_on, case movement when 'issued' then 1 when 'voided' then 4 when 'settled' then 2 else 3 end, source_id
            rows between unbounded preceding and current row
        ) as open_amount
    from {{ ref('int_receivable_movements') }}
),

receivables as (
    select * from {{ ref('int_invoice_terms') }}
),

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

-- Each movement is the difference of two open amounts, both rounded, so that they add up to what fct_receivables says is open.
final as (
    select
        {{ make_key(['movements.source_system', 'movements.invoice_id', 'movements.movement', 'movements.source_id']) }} as movement_key,
        receivables.customer_key,
        movements.moved_on,
        movements.movement,
        cast(
            {{ converted('movements.open_amount', 'rates.exchange_rate') }}
            - {{ converted('movements.open_amount - movements.amount', 'rates.exchange_rate') }}
            as decimal(18, 2)
        ) as reporting_amount,
        movements.source_system,
        movements.invoice_id
    from movements
    inner join receivables
        on movements.source_system = receivables.source_system and movements.invoice_id = receivables.invoice_id
    left join rates on movements.source_system = rates.source_system and movements.invoice_id = rates.invoice_id
)

select * from final
