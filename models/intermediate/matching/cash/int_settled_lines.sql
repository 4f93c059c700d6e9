-- One row per application that stands, or line that takes something off its document, and line that it settles: how much of its net.
-- A line that was voided takes nothing, be it that the day of either has no rate.
with voided as (
    select source_system, source_id as invoice_line_id from {{ ref('int_stage_events') }}
    where valuation_rule = 'voided'
),

lines as (
    select
        items.item_key,
        items.source_system,
        items.invoice_line_id,
        items.document_amount,
        items.reporting_amount,
        voided.invoice_line_id is not null as is_voided
    from {{ ref('int_billing_items') }} as items
    left join voided on items.source_system = voided.source_system and items.invoice_line_id = voided.invoice_line_id
    where items.document_amount <> 0 and items.is_unrated is not true
),

-- What is taken off comes first, then cash, then what is none.
summed as (
    select
        lines.*,
        shares.application_id,
        shares.reason,
        shares.share_amount,
        sum(shares.share_amount) over (
            partition by shares.item_key
            order by
                shares.place nulls last,
                shares.applied_on nulls last,
                shares.application_id nulls last,
                shares.reason nulls last
            rows between unbounded preceding and current row
        ) as running_share
    from {{ ref('int_line_shares') }} as shares
    inner join lines on shares.item_key = lines.item_key
),

-- A line takes no more than its own amount, whichever sign it has.
bounded as (
    select
        {% for point, bound in [('settled_after', 'running_share'), ('settled_before', 'running_share - share_amount')] %}
            cast(case
                when is_voided then 0
                when document_amount >= 0 then least(greatest({{ bound }}, 0), document_amount)
                else greatest(least({{ bound }}, 0), document_amount)
            end as decimal(18, 2)) as {{ point }},
        {% endfor %}
        summed.*
    from summed
),

final as (
    select
        source_system,
        application_id,
        reason,
        item_key,
        invoice_line_id,
        cast(share_amount as decimal(18, 2)) as share_amount,
        cast(settled_after - settled_before as decimal(18, 2)) as settled_amount,
        cast(
            case
                when settled_after = document_amount then reporting_amount
                else {{ quick_share('reporting_amount', 'settled_after', 'document_amount') }}
            end
            - case
                when settled_before = 0 then 0
                when settled_before = document_amount then reporting_amount
                else {{ quick_share('reporting_amount', 'settled_before', 'document_amount') }}
            end
            as decimal(18, 2)
        ) as settled_reporting_amount
    from bounded
)

select * from final
