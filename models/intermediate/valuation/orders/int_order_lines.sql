-- One row per line of an order, with what was ordered and at what price: its net ÷ its quantity, else its unit price.
with lines as (
    select
        *,
        coalesce(
            net_amount,
            case
                when quantity = 0 or unit_price = 0 then 0
                else {{ extended('quantity', 'unit_price') }} - coalesce(discount_amount, 0)
            end
        ) as worth_amount
    from {{ ref('cnf_job_lines') }}
),

final as (
    select
        {{ make_key(['lines.source_system', 'lines.job_line_id']) }} as order_line_key,
        coalesce(jobs.job_key, 'unknown') as job_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(xref_product.product_key, deal_lines.product_key, 'unknown') as product_key,
        lines.quantity,
        lower(trim(lines.unit)) as stated_unit,
        coalesce(lower(trim(lines.unit)), deal_lines.unit, product_units.unit) as unit,
        coalesce(units.base_unit, lower(trim(lines.unit)), deal_lines.unit, product_units.unit) as base_unit,
        {{ in_base_unit('1', 'units.base_quantity') }} as base_quantity,
        coalesce(lines.currency, jobs.currency, systems.base_currency) as currency,
        cast(lines.worth_amount as decimal(18, 2)) as net_amount,
        -- A price is so much for so many.
        case
            when lines.quantity <> 0 and lines.worth_amount is not null then cast(lines.worth_amount as decimal(38, 6))
            else cast(lines.unit_price as decimal(38, 6))
        end as price_amount,
        case when lines.quantity <> 0 and lines.worth_amount is not null then lines.quantity else 1 end as price_quantity,
        deal_lines.deal_line_id,
        systems.legal_entity,
        lines.source_system,
        lines.job_line_id
    from lines
    left join {{ ref('int_source_systems') }} as systems on lines.source_system = systems.source_system
    left join {{ ref('int_job_references') }} as job_references
        on lines.source_system = job_references.source_system and lines.job_id = job_references.job_ref
    left join {{ ref('int_job_terms') }} as jobs on job_references.job_key = jobs.job_key
    left join {{ ref('int_agreed_lines') }} as deal_lines on jobs.deal_key = deal_lines.deal_key and lines.deal_line_id = deal_lines.deal_line_id
    left join {{ ref('xref_product') }} as xref_product
        on
            lines.source_system = xref_product.source_system
            and lines.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    left join {{ ref('int_product_units') }} as product_units
        on xref_product.source_system = product_units.source_system and xref_product.source_id = product_units.product_id
    left join {{ ref('unit_conversions') }} as units
        on coalesce(lower(trim(lines.unit)), deal_lines.unit, product_units.unit) = units.unit
)

select * from final
