-- One row per deal and product: net and quantity of its lines, changes of the amount alone included, from which the price of one unit follows.
with lines as (
    select
        *,
        case when quantity <> 0 then 0 else 1 end as is_rate_only
    from {{ ref('int_agreed_lines') }}
    where (quantity is not null and net_amount is not null) or (quantity is null and unit_price is not null)
),

-- A line that takes money off takes no quantity off: it is a discount. A line without a quantity is a rate.
priced as (
    select
        lines.*,
        coalesce(units.base_unit, lines.unit) as base_unit,
        {{ unit_quantity('lines.unit', 'units.base_quantity', 'days') }} as unit_quantity,
        case when lines.quantity is null then lines.unit_price else lines.net_amount end as price_amount,
        case
            when lines.quantity is null then 1
            when lines.net_amount < 0 and lines.quantity > 0 then 0
            else lines.quantity
        end as price_quantity
    from lines
    left join {{ ref('unit_conversions') }} as units on lines.unit = units.unit
    left join {{ ref('int_record_job_links') }} as job_links
        on
            lines.source_system = job_links.source_system
            and lines.source_entity = job_links.source_entity
            and lines.source_id = job_links.source_id
    left join {{ ref('int_job_terms') }} as jobs on job_links.job_key = jobs.job_key
    left join {{ ref('int_source_systems') }} as systems on jobs.source_system = systems.source_system
    left join {{ ref('int_working_days') }} as days
        on
            systems.legal_entity = days.legal_entity
            and jobs.contract_key = days.contract_key
            and jobs.person_key = days.person_key
            and lines.agreed_on = days.worked_on
),

-- Lines of one product in units that do not convert have no price in common: the larger value speaks.
by_unit as (
    select
        deal_key,
        product_key,
        base_unit,
        currency,
        is_rate_only,
        min(unit) as unit,
        min(stated_unit) as stated_unit,
        count(distinct unit) as unit_count,
        sum(cast(price_amount as decimal(38, 6))) as price_amount,
        sum(cast(price_quantity as decimal(38, 6))) as unit_total,
        sum({{ in_base_unit('price_quantity', 'unit_quantity') }}) as base_total,
        min(unit_quantity) as base_quantity,
        min(deal_line_id) as deal_line_id
    from priced
    group by deal_key, product_key, base_unit, currency, is_rate_only
),

ranked as (
    select
        *,
        row_number() over (
            partition by deal_key, product_key
            order by
                is_rate_only nulls last,
                abs(price_amount) desc nulls last,
                base_unit nulls last,
                currency nulls last
        ) as position,
        count(*) over (partition by deal_key, product_key) as price_count
    from by_unit
),

spoken as (
    select
        *,
        count(*) over (partition by deal_key) = 1 as is_only_product
    from ranked
    where position = 1
),

-- Approved change orders that changed the amount, and neither quantity nor hours.
changes as (
    select
        deal_key,
        product_key,
        currency,
        cast(sum(document_amount) as decimal(38, 6)) as amount
    from {{ ref('int_change_order_values') }}
    where left_out_reason is null and event_on <= {{ as_of() }} and deal_key <> 'unknown' and is_amount_only
    group by deal_key, product_key, currency
),

final as (
    select
        spoken.deal_key,
        spoken.product_key,
        case when spoken.price_count = 1 and spoken.unit_count = 1 then spoken.stated_unit end as stated_unit,
        case when spoken.unit_count > 1 then spoken.base_unit else spoken.unit end as unit,
        spoken.base_unit,
        cast(case when spoken.unit_count > 1 then 1 else spoken.base_quantity end as decimal(38, 6)) as base_quantity,
        spoken.currency,
        cast(case when spoken.unit_count > 1 then spoken.base_total else spoken.unit_total end as decimal(38, 6)) as quantity,
        cast(
            spoken.price_amount
            + case when spoken.is_rate_only = 0 then coalesce(changes.amount, 0) else 0 end
            as decimal(38, 6)
        ) as net_amount,
        spoken.deal_line_id,
        spoken.is_only_product
    from spoken
    left join changes
        on
            spoken.deal_key = changes.deal_key
            and spoken.product_key = changes.product_key
            and spoken.currency = changes.currency
)

select * from final
