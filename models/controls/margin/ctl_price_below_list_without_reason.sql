-- One row per product that a job was sold and billed for, and that a price list has: it was sold below list, and
-- nothing says why.
with prices as (
    select * from {{ ref('fct_price_realisation') }}
    where list_price_rule = 'dated'
),

-- A discount that the line of the deal itself states is judged by the authority of who gave it.
stated as (
    select bookings.job_key, bookings.product_key
    from {{ ref('int_booked_values') }} as bookings
    inner join {{ ref('int_booked_lines') }} as lines
        on
            bookings.source_system = lines.source_system
            and bookings.deal_line_id = lines.deal_line_id
            and bookings.win_number = lines.win_number
    where lines.discount_amount > 0
),

approved as (
    select distinct {{ make_key(['source_system', 'deal_id']) }} as deal_key
    from {{ ref('cnf_quotes') }}
    where accepted_on <= {{ as_of() }} and trim(approved_by) <> ''
),

-- A price that stands in a price list, for some customers or for all.
list_prices as (
    select
        xref_product.product_key,
        entries.currency,
        lower(trim(entries.unit)) as unit,
        entries.valid_from,
        entries.valid_to,
        entries.list_price
    from {{ ref('cnf_price_list_entries') }} as entries
    inner join {{ ref('xref_product') }} as xref_product
        on entries.source_system = xref_product.source_system and entries.product_id = xref_product.source_id
),

-- Or in a contract that was in force before: one that begins with the sale writes down what was sold, and says not why.
agreed as (
    select contract_key, product_key, valid_from from {{ ref('int_contract_rates') }}
),

sold as (
    select
        job_key,
        product_key,
        min(event_on) as sold_on,
        min(currency) as currency,
        min(unit) as unit,
        case when sum(quantity) > 0 then {{ share('sum(document_amount)', '1', 'sum(quantity)', 6) }} end as sold_price
    from {{ ref('fct_stage_events') }}
    where stage = 'booked'
    group by job_key, product_key
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

rules as (
    {{ control_rules('price_below_list_without_reason') }}
),

examined as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        prices.product_key as part,
        prices.deal_key,
        prices.job_key,
        prices.product_key,
        sold.sold_on as occurred_on,
        prices.priced_on,
        prices.billed_quantity,
        prices.unit,
        sold.sold_price,
        '{{ var("reporting_currency") }}' as currency,
        prices.list_value_amount as expected_amount,
        prices.quoted_value_amount as actual_amount,
        prices.quote_discount_amount as at_risk_amount,
        prices.list_value_amount as examined_amount,
        'below_list' as cause,
        'Say why {record} was sold ' || prices.quote_discount_amount || ' below list, or have the price approved' as suggested_action,
        {{ above_tolerance('prices.quote_discount_amount', 'prices.list_value_amount') }}
        and not exists (select 1 from stated where prices.job_key = stated.job_key and prices.product_key = stated.product_key)
        and not exists (select 1 from approved where prices.deal_key = approved.deal_key)
        and not exists (
            select 1 from agreed
            where
                prices.contract_key = agreed.contract_key
                and prices.product_key = coalesce(agreed.product_key, prices.product_key)
                and agreed.valid_from < sold.sold_on
        )
        and not exists (
            select 1 from list_prices
            where
                prices.product_key = list_prices.product_key
                and sold.currency = list_prices.currency
                and coalesce(sold.unit = list_prices.unit, true)
                and sold.sold_price >= list_prices.list_price
                and prices.priced_on >= list_prices.valid_from
                and prices.priced_on <= coalesce(list_prices.valid_to, prices.priced_on)
        ) as is_exception
    from prices
    inner join jobs on prices.job_key = jobs.job_key
    inner join sold on prices.job_key = sold.job_key and prices.product_key = sold.product_key
    inner join rules on {{ in_force('sold.sold_on') }}
),

final as (
    {{ control_rows('price_below_list_without_reason', 'jobs', has=['part', 'deal_key', 'job_key', 'product_key'],
        evidence=['priced_on', 'billed_quantity', 'unit', 'sold_price', 'expected_amount', 'actual_amount', 'currency']) }}
)

select * from final
