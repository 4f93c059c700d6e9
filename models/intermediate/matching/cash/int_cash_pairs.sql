-- One row per cash event of a standing application and line: what both sides agree on of it, and what either has above that.
with cash as (
    select * from {{ ref('int_cash_items') }}
),

settled as (
    select * from {{ ref('int_settled_lines') }}
    where reason = 'cash'
),

reversed as (
    select distinct source_system, application_id from {{ ref('int_settlements') }}
    where is_reversed
),

-- What a header asks for above its lines, and is paid as asked, is the document's mistake and not the payer's.
asked_more as (
    select
        settlements.source_system,
        settlements.invoice_id
    from {{ ref('int_settlements') }} as settlements
    inner join {{ ref('int_receivable_invoices') }} as headers
        on settlements.source_system = headers.source_system and settlements.invoice_id = headers.invoice_id
    where not settlements.is_reversed
    group by settlements.source_system, settlements.invoice_id
    having max(headers.gross_amount) > max(settlements.gross_amount) and sum(settlements.amount) <= max(headers.gross_amount)
),

paid_as_asked as (
    select
        settlements.source_system,
        settlements.application_id
    from {{ ref('int_settlements') }} as settlements
    inner join asked_more on settlements.source_system = asked_more.source_system and settlements.invoice_id = asked_more.invoice_id
),

billing as (
    select event_key as item_key, currency from {{ ref('int_stage_events') }}
    where stage in ('invoiced', 'credited')
),

-- A line without a rate is worth nothing here, whatever was paid for it.
unrated as (
    select event_key as item_key from {{ ref('int_stage_events') }}
    where stage in ('invoiced', 'credited') and reporting_amount is null and valuation_rule <> 'voided'
),

-- What a receipt gave for an application, where that is another amount than the application takes off the invoice.
otherwise_received as (
    select source_system, application_id from {{ ref('int_applied_cash') }}
    where amount <> settled_amount
),

-- A line's cash, and the part of it that the line has room for.
applied as (
    select
        cash.item_key,
        cash.currency,
        cash.reporting_amount,
        settled.item_key as line_key,
        settled.settled_amount as settled_share,
        coalesce(settled.settled_reporting_amount, 0) as line_amount,
        otherwise_received.application_id is not null as is_otherwise_received,
        case
            when cash.line_role = 'customer_deposits' then case when cash.document_amount > 0 then 'deposit_taken' else 'deposit_applied' end
            when cash.line_role not in ('work', 'tax') and settled.item_key is null then {{ settlement_reason('cash.line_role') }}
            when unrated.item_key is not null then 'rate_missing'
            when paid_as_asked.application_id is not null then 'header_mismatch'
            else 'overpaid'
        end as beyond_reason,
        {% for room, amount in [('room_amount', 'cash.reporting_amount'), ('room_document_amount', 'cash.document_amount')] %}
            case
                when settled.settled_amount = settled.share_amount then {{ amount }}
                when settled.settled_amount is null or settled.settled_amount = 0 then 0
                else {{ quick_share(amount, 'settled.settled_amount', 'settled.share_amount') }}
            end as {{ room }},
        {% endfor %}
        cash.document_amount
    from cash
    left join reversed on cash.source_system = reversed.source_system and cash.application_id = reversed.application_id
    left join otherwise_received
        on cash.source_system = otherwise_received.source_system and cash.application_id = otherwise_received.application_id
    left join settled
        on
            cash.source_system = settled.source_system
            and cash.application_id = settled.application_id
            and cash.line_key = settled.item_key
    left join unrated on cash.line_key = unrated.item_key
    left join paid_as_asked
        on cash.source_system = paid_as_asked.source_system and cash.application_id = paid_as_asked.application_id
    where cash.invoice_line_id is not null and reversed.application_id is null
),

-- The part of both sides that is the same document amount; in two currencies, or of two signs, there is none to compare.
agreed as (
    select
        applied.*,
        billing.currency is not null and applied.currency <> billing.currency as is_translated,
        case
            when sign(applied.settled_share) = sign(applied.room_document_amount)
                then least(abs(applied.settled_share), abs(applied.room_document_amount))
            else 0
        end as common_amount
    from applied
    left join billing on applied.line_key = billing.item_key
),

-- At one's own rate it is worth, on either side:
valued as (
    select
        {% for value, reporting, document in [
            ('line_common', 'line_amount', 'settled_share'), ('cash_common', 'room_amount', 'room_document_amount'),
        ] %}
            case
                when is_translated or abs({{ document }}) = common_amount then {{ reporting }}
                when common_amount = 0 then 0
                else {{ quick_share(reporting, 'common_amount', 'abs(' ~ document ~ ')') }}
            end as {{ value }},
        {% endfor %}
        case when is_otherwise_received then 'short_paid' else 'rounding' end as short_reason,
        case when is_otherwise_received then 'overpaid' else 'rounding' end as over_reason,
        agreed.*
    from agreed
),

final as (
    select
        *,
        case
            when line_common >= 0 and cash_common >= 0 then least(line_common, cash_common)
            when line_common < 0 and cash_common < 0 then greatest(line_common, cash_common)
            else 0
        end as settled_amount
    from valued
)

select * from final
