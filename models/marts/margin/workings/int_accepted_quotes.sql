-- One row per deal and product of the quote that its customer accepted: what was quoted, and when it was sent.
with quotes as (
    select
        *,
        {{ make_key(['source_system', 'deal_id']) }} as deal_key
    from {{ ref('cnf_quotes') }}
    where accepted_on <= {{ as_of() }}
),

accepted as (
    select * from quotes
    qualify row_number() over (
        partition by deal_key order by accepted_on desc nulls last, sent_on desc nulls last, quote_id desc nulls last
    ) = 1
),

lines as (
    select
        quote_lines.source_system,
        quote_lines.quote_id,
        quote_lines.quote_line_id,
        coalesce(xref_product.product_key, 'unknown') as product_key,
        case
            when quote_lines.net_amount is not null then quote_lines.net_amount
            when quote_lines.quantity = 0 or quote_lines.unit_price = 0 then 0
            else {{ extended('quote_lines.quantity', 'quote_lines.unit_price') }} - coalesce(quote_lines.discount_amount, 0)
        end as own_amount
    from {{ ref('cnf_quote_lines') }} as quote_lines
    left join {{ ref('xref_product') }} as xref_product
        on
            quote_lines.source_system = xref_product.source_system
            and quote_lines.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
),

-- Lines without an amount share equally what the others leave of the quote's.
sharing as (
    select
        lines.*,
        case
            when accepted.amount is not null
                then greatest(accepted.amount - sum(coalesce(lines.own_amount, 0)) over (partition by lines.source_system, lines.quote_id), 0)
        end as left_amount,
        count(case when lines.own_amount is null then 1 end) over (partition by lines.source_system, lines.quote_id) as blank_count,
        count(case when lines.own_amount is null then 1 end) over (
            partition by lines.source_system, lines.quote_id order by lines.quote_line_id nulls last
            rows between unbounded preceding and current row
        ) as running_count
    from lines
    inner join accepted on lines.source_system = accepted.source_system and lines.quote_id = accepted.quote_id
),

quoted as (
    select
        source_system,
        quote_id,
        product_key,
        coalesce(
            own_amount,
            {{ share('left_amount', 'running_count', 'blank_count') }} - {{ share('left_amount', 'running_count - 1', 'blank_count') }}
        ) as net_amount
    from sharing
),

-- A quote without lines is for the only product that was sold.
final as (
    select
        accepted.deal_key,
        coalesce(quoted.product_key, only_products.product_key, 'unknown') as product_key,
        min(accepted.currency) as currency,
        min(accepted.sent_on) as sent_on,
        min(accepted.accepted_on) as accepted_on,
        cast(sum(case when quoted.quote_id is null then accepted.amount else quoted.net_amount end) as decimal(18, 2)) as quoted_amount
    from accepted
    left join quoted on accepted.source_system = quoted.source_system and accepted.quote_id = quoted.quote_id
    left join {{ ref('int_deal_jobs') }} as deal_jobs on accepted.deal_key = deal_jobs.deal_key
    left join {{ ref('int_only_products') }} as only_products on deal_jobs.job_key = only_products.job_key
    group by accepted.deal_key, coalesce(quoted.product_key, only_products.product_key, 'unknown')
)

select * from final
