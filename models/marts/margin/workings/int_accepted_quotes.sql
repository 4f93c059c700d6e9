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
        coalesce(xref_product.product_key, 'unknown') as product_key,
        coalesce(quote_lines.net_amount, {{ extended('quote_lines.quantity', 'quote_lines.unit_price') }} - coalesce(quote_lines.discount_amount, 0))
            as net_amount
    from {{ ref('cnf_quote_lines') }} as quote_lines
    left join {{ ref('xref_product') }} as xref_product
        on
            quote_lines.source_system = xref_product.source_system
            and quote_lines.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
),

-- A quote without lines is for the only product that was sold.
final as (
    select
        accepted.deal_key,
        coalesce(lines.product_key, only_products.product_key, 'unknown') as product_key,
        min(accepted.currency) as currency,
        min(accepted.sent_on) as sent_on,
        min(accepted.accepted_on) as accepted_on,
        cast(sum(case when lines.quote_id is null then accepted.amount else lines.net_amount end) as decimal(18, 2)) as quoted_amount
    from accepted
    left join lines on accepted.source_system = lines.source_system and accepted.quote_id = lines.quote_id
    left join {{ ref('int_deal_jobs') }} as deal_jobs on accepted.deal_key = deal_jobs.deal_key
    left join {{ ref('int_only_products') }} as only_products on deal_jobs.job_key = only_products.job_key
    group by accepted.deal_key, coalesce(lines.product_key, only_products.product_key, 'unknown')
)

select * from final
