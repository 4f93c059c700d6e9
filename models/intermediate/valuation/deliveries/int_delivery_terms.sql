-- One row per delivery, with what it takes to value it: its terms, the unit it is in, and its quantity in the unit that prices convert through.
with deliveries as (
    select * from {{ ref('int_delivery_subjects') }}
),

order_lines as (
    select * from {{ ref('int_order_lines') }}
),

order_units as (
    select * from {{ ref('int_order_prices') }}
),

line_units as (
    select * from {{ ref('int_line_prices') }}
),

-- The unit that the delivery states, else its order line's, its deal line's, its product's; none is none. An expense or a milestone is one of
-- itself: an hour of its product's would be a guess.
stated as (
    select
        deliveries.*,
        coalesce(
            deliveries.stated_unit,
            case
                when deliveries.delivery_type in ('expense', 'milestone') then null
                else coalesce(
                    order_lines.stated_unit,
                    order_units.stated_unit,
                    line_units.stated_unit,
                    only_lines.stated_unit,
                    deliveries.product_unit,
                    order_lines.unit
                )
            end
        ) as unit
    from deliveries
    left join order_lines on deliveries.order_line_key = order_lines.order_line_key
    left join order_units
        on
            deliveries.job_key = order_units.job_key
            and case when deliveries.order_line_key is null then deliveries.product_key end = order_units.product_key
    left join line_units on deliveries.deal_key = line_units.deal_key and deliveries.product_key = line_units.product_key
    left join line_units as only_lines
        on case when deliveries.product_key = 'unknown' then deliveries.deal_key end = only_lines.deal_key and only_lines.is_only_product
),

final as (
    select
        stated.*,
        coalesce(units.base_unit, stated.unit) as base_unit,
        cast({{ unit_quantity('stated.unit', 'units.base_quantity', 'days') }} as decimal(18, 6)) as unit_quantity,
        {{ in_base_unit('stated.quantity', unit_quantity('stated.unit', 'units.base_quantity', 'days')) }} as base_quantity,
        days.day_quantity,
        days.week_quantity,
        days.month_quantity
    from stated
    left join {{ ref('unit_conversions') }} as units on stated.unit = units.unit
    left join {{ ref('int_working_days') }} as days
        on
            stated.legal_entity = days.legal_entity
            and stated.contract_key = days.contract_key
            and stated.person_key = days.person_key
            and stated.delivered_on = days.worked_on
)

select * from final
