-- One row per version of a line item that is or was on a deal of HubSpot, tombstones included.
with source as (
    {{ raw_versions('hubspot', 'line_items') }}
),

line_item_deals as (
    {{ raw_versions('hubspot', 'line_item_deals') }}
),

links as (
    select *
    from line_item_deals
    qualify row_number() over (partition by _record_key order by _version desc nulls last) = 1
),

-- The deal a line is on, else the last it was on: an archived line has lost its link. A quote's copies of lines are on
-- no deal.
deals as (
    select
        line_item_id,
        deal_id
    from links
    qualify row_number() over (
        partition by line_item_id
        order by
            _is_deleted nulls last,
            case when _is_deleted then _landed_at end desc nulls last,
            length(deal_id) nulls last,
            deal_id nulls last
    ) = 1
),

-- A line in another currency than its deal's has no amount in the deal's: nothing is converted on a guess.
currencies as (
    select
        deal_id,
        currency
    from {{ ref('stg_hubspot__deals') }}
),

-- A line typed by hand may name its product by its code alone.
products_by_code as (
    select
        trim(hs_sku) as product_code,
        min(id) as product_id
    from ({{ raw_latest('hubspot', 'products') }}) as products
    where {{ given('hs_sku') }} is not null
    group by trim(hs_sku)
    having count(*) = 1
),

-- How often a recurring line is billed: as often as it says, else by its term (ISO 8601) and how often a year.
typed as (
    select
        source.*,
        deals.deal_id,
        coalesce({{ given('source.hs_product_id') }}, products_by_code.product_id) as product_id,
        {{ given('source.hs_line_item_currency_code') }} <> currencies.currency as is_in_other_currency,
        {{ dbt.safe_cast('source.quantity', 'decimal(18, 6)') }} as quantity_each,
        {{ dbt.safe_cast('source.price', 'decimal(18, 6)') }} as price_each,
        {{ dbt.safe_cast('source.hs_total_discount', 'decimal(18, 2)') }} as discount_each,
        {{ dbt.safe_cast('source.discount', 'decimal(18, 6)') }} as discount_a_unit,
        {{ dbt.safe_cast('source.hs_discount_percentage', 'decimal(18, 6)') }} as discount_pct,
        {{ dbt.safe_cast('source.amount', 'decimal(18, 2)') }} as amount_each,
        {{ dbt.safe_cast('source.hs_tcv', 'decimal(18, 2)') }} as contract_value,
        cast(round({{ dbt.safe_cast('source.hs_recurring_billing_number_of_payments', 'decimal(18, 6)') }}) as integer) as payment_count,
        {{ hubspot_months('source.hs_recurring_billing_period') }} as term_months,
        {{ hubspot_payments_a_year('source.recurringbillingfrequency') }} as payments_a_year
    from source
    inner join deals on source.id = deals.line_item_id
    left join currencies on deals.deal_id = currencies.deal_id
    left join products_by_code on trim(source.hs_sku) = products_by_code.product_code
),

-- The total of the discount is HubSpot's sum of one that was typed, a unit's or a percentage; where it has not summed,
-- we do.
counted as (
    select
        *,
        coalesce(
            discount_each,
            {{ extended('quantity_each', 'discount_a_unit') }},
            {{ extended(extended('quantity_each', 'price_each'), 'discount_pct * 0.01') }}
        ) as discount_amount_each,
        coalesce(
            case when payment_count > 0 then payment_count end,
            {{ whole_or_null('cast(cast(term_months as decimal(38, 6)) * payments_a_year as decimal(18, 6))', 12) }},
            case when payments_a_year is not null and amount_each > 0 then {{ whole_or_null('contract_value', 'amount_each') }} end,
            1
        ) as payments
    from typed
),

renamed as (
    select
        id as deal_line_id,
        deal_id,
        product_id,
        coalesce({{ given('description') }}, {{ given('name') }}) as description,
        cast(cast(quantity_each as decimal(38, 6)) * payments as decimal(18, 6)) as quantity,
        {{ given('unit') }} as unit,
        case when not coalesce(is_in_other_currency, false) then price_each end as unit_price,
        case
            when not coalesce(is_in_other_currency, false)
                then cast(cast(discount_amount_each as decimal(38, 2)) * payments as decimal(18, 2))
        end as discount_amount,
        -- The total contract value is HubSpot's own sum over the term; it is 0, too, where no price was given.
        case
            when is_in_other_currency then null
            when contract_value <> 0 then contract_value
            else cast(cast(amount_each as decimal(38, 2)) * payments as decimal(18, 2))
        end as net_amount,
        {{ dbt.safe_cast('planned_hours', 'decimal(18, 6)') }} as planned_hours,
        {{ dbt.safe_cast('planned_cost', 'decimal(18, 2)') }} as planned_cost,
        cast(null as string) as planned_cost_type,
        -- Archiving moves no time of change: it has one of its own.
        case when _is_deleted then archived_at else updated_at end as updated_at,
        'hubspot' as source_system,
        _load_id as load_id,
        _landed_at as landed_at,
        _is_deleted as is_deleted,
        _version as version_number
    from counted
)

select * from renamed
