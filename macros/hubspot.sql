{# The day a HubSpot text names: a date property holds a day, a date-and-time property a moment in UTC, which falls on a day of `zone`. A day that
   was put into the latter is midnight in UTC, and no moment of the evening before. #}
{% macro hubspot_day(text, zone) -%}
    case
        when {{ text }} like '%T00:00:00Z' or {{ text }} like '%T00:00:00.000Z' then {{ dbt.safe_cast('left(' ~ text ~ ', 10)', 'date') }}
        when length({{ text }}) > 10 then {{ local_day(dbt.safe_cast(text, 'timestamp'), zone) }}
        else {{ dbt.safe_cast(text, 'date') }}
    end
{%- endmacro %}

{# The months of a term in ISO 8601 (P12M, P1Y6M, P26W, P365D), a year being 12 months, 52 weeks or 365 days; null where it is none. #}
{% macro hubspot_months(text) -%}
    {%- set term = 'upper(trim(' ~ text ~ '))' -%}
    case
        when {{ extract_first(term, '^(P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?)$') }} is null then null
        else
            {% for letter, months in {'Y': '12', 'M': '1', 'W': '12 / 52', 'D': '12 / 365'}.items() -%}
                coalesce({{ dbt.safe_cast(extract_first(term, '([0-9]+)' ~ letter), 'integer') }}, 0) * {{ months }}{{ ' + ' if not loop.last }}
            {%- endfor %}
    end
{%- endmacro %}

{# How often a year a line is billed, from HubSpot's word for it; null where it is billed once, or the word is unknown. #}
{% macro hubspot_payments_a_year(text) -%}
    case lower(trim({{ text }}))
        when 'weekly' then 52
        when 'biweekly' then 26
        when 'monthly' then 12
        when 'quarterly' then 4
        when 'per_six_months' then 2
        when 'annually' then 1
        when 'per_two_years' then 0.5
        when 'per_three_years' then 0.333333
        when 'per_four_years' then 0.25
        when 'per_five_years' then 0.2
    end
{%- endmacro %}

{# one ÷ other as a whole number of 1 and more, else null. #}
{% macro whole_or_null(one, other) -%}
    case
        when abs(round({{ one }} / nullif({{ other }}, 0)) * {{ other }} - {{ one }}) <= 0.01 and {{ one }} / nullif({{ other }}, 0) >= 0.999
            then cast(round({{ one }} / nullif({{ other }}, 0)) as integer)
    end
{%- endmacro %}

{# Line items of HubSpot with what they come to over their term. `lines` has the columns of the raw table, and of what a line is on its id
   (`parent_id`) and currency (`parent_currency`): a line in another currency has no amount in that one, for nothing is converted on a guess. #}
{% macro hubspot_line_items(lines) %}
    select
        id as line_item_id,
        parent_id,
        product_id,
        coalesce({{ given('description') }}, {{ given('name') }}) as description,
        cast(cast(quantity_each as decimal(38, 6)) * payments as decimal(18, 6)) as quantity,
        {{ given('unit') }} as unit,
        case when not is_in_other_currency then price_each end as unit_price,
        case
            when not is_in_other_currency then cast(cast(discount_amount_each as decimal(38, 2)) * payments as decimal(18, 2))
        end as discount_amount,
        -- The total contract value is HubSpot's own sum over the term; it is 0, too, where no price was given.
        case
            when is_in_other_currency then null
            when contract_value <> 0 then contract_value
            else cast(cast(amount_each as decimal(38, 2)) * payments as decimal(18, 2))
        end as net_amount,
        {{ dbt.safe_cast('planned_hours', 'decimal(18, 6)') }} as planned_hours,
        {{ dbt.safe_cast('planned_cost', 'decimal(18, 2)') }} as planned_cost,
        -- Archiving moves no time of change: it has one of its own.
        case when _is_deleted then archived_at else updated_at end as updated_at,
        _load_id as load_id,
        _landed_at as landed_at,
        _is_deleted as is_deleted,
        _version as version_number
    from (
        select
            *,
            -- The total of the discount is HubSpot's sum of one that was typed, a unit's or a percentage; where it has not summed, we do.
            coalesce(
                discount_each,
                {{ extended('quantity_each', 'discount_a_unit') }},
                {{ extended(extended('quantity_each', 'price_each'), 'discount_pct * 0.01') }}
            ) as discount_amount_each,
            -- How often a recurring line is billed: as often as it says, else by its term (ISO 8601) and how often a year.
            coalesce(
                case when payment_count > 0 then payment_count end,
                {{ whole_or_null('cast(cast(term_months as decimal(38, 6)) * payments_a_year as decimal(18, 6))', 12) }},
                case when payments_a_year is not null and amount_each > 0 then {{ whole_or_null('contract_value', 'amount_each') }} end,
                1
            ) as payments
        from (
            select
                lines.*,
                coalesce({{ given('lines.hs_product_id') }}, products_by_code.product_id) as product_id,
                coalesce({{ given('lines.hs_line_item_currency_code') }} <> lines.parent_currency, false) as is_in_other_currency,
                {{ dbt.safe_cast('lines.quantity', 'decimal(18, 6)') }} as quantity_each,
                {{ dbt.safe_cast('lines.price', 'decimal(18, 6)') }} as price_each,
                {{ dbt.safe_cast('lines.hs_total_discount', 'decimal(18, 2)') }} as discount_each,
                {{ dbt.safe_cast('lines.discount', 'decimal(18, 6)') }} as discount_a_unit,
                {{ dbt.safe_cast('lines.hs_discount_percentage', 'decimal(18, 6)') }} as discount_pct,
                {{ dbt.safe_cast('lines.amount', 'decimal(18, 2)') }} as amount_each,
                {{ dbt.safe_cast('lines.hs_tcv', 'decimal(18, 2)') }} as contract_value,
                cast(round({{ dbt.safe_cast('lines.hs_recurring_billing_number_of_payments', 'decimal(18, 6)') }}) as integer) as payment_count,
                {{ hubspot_months('lines.hs_recurring_billing_period') }} as term_months,
                {{ hubspot_payments_a_year('lines.recurringbillingfrequency') }} as payments_a_year
            from {{ lines }} as lines
            left join (
                -- A line typed by hand may name its product by its code alone.
                select
                    trim(hs_sku) as product_code,
                    min(id) as product_id
                from ({{ raw_latest('hubspot', 'products') }}) as products
                where {{ given('hs_sku') }} is not null
                group by trim(hs_sku)
                having count(*) = 1
            ) as products_by_code on trim(lines.hs_sku) = products_by_code.product_code
        ) as typed
    ) as counted
{% endmacro %}
