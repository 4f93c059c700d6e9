-- One row per job and product that was billed: from its list value to what reached the pocket.
with billed as (
    select
        deliveries.job_key,
        deliveries.product_key,
        min(deliveries.base_unit) as base_unit,
        sum(matched.from_quantity) as quantity
    from {{ ref('int_delivered_to_invoiced') }} as matched
    inner join {{ ref('int_delivery_items') }} as deliveries on matched.from_item_key = deliveries.item_key
    where matched.to_item_key is not null and matched.match_rule not in ('advance', 'cancellation') and deliveries.job_key is not null
    group by deliveries.job_key, deliveries.product_key
    having count(distinct coalesce(deliveries.base_unit, 'none')) = 1
),

-- Work that is not still to be billed. What was taken back at another rate than it was delivered at leaves its
-- exchange.
delivered as (
    select
        job_key,
        product_key,
        sum(from_amount) as delivered_amount
    from {{ ref('fct_bridge') }}
    where gap = 'delivered_to_invoiced' and (match_rule <> 'unmatched' or reason = 'rate_variance')
    group by job_key, product_key
),

-- What has no rate has no price in the reporting currency, and several currencies have no list price in common.
sold as (
    select
        job_key,
        product_key,
        case when count(reporting_amount) = count(*) then sum(reporting_amount) end as booked_amount,
        min(event_on) as won_on,
        case when count(distinct currency) = 1 then min(currency) end as currency,
        case
            when count(distinct exchange_rate) = 1 then min(exchange_rate)
            when count(distinct currency) = 1 and sum(document_amount) > 0 then {{ rate_of('sum(reporting_amount)', 'sum(document_amount)') }}
        end as exchange_rate
    from {{ ref('fct_stage_events') }}
    where stage = 'booked'
    group by job_key, product_key
),

-- What was sold, and what it came to with the changes of its price and quantity, where all of it is in one unit.
sold_quantities as (
    select
        job_key,
        product_key,
        case when count(distinct sold_unit) <= 1 then min(sold_unit) end as unit,
        count(distinct case when sold_quantity <> 0 then coalesce(sold_unit, 'none') end) as unit_count,
        cast(sum(case when stage = 'booked' then sold_quantity end) as decimal(38, 6)) as quantity,
        cast(sum(sold_quantity) as decimal(38, 6)) as contracted_quantity,
        cast(sum(reporting_amount) as decimal(18, 2)) as contracted_amount
    from {{ ref('int_commitment_items') }}
    group by job_key, product_key
),

concessions as (
    select
        job_key,
        product_key,
        sum(case when kind = 'billed_short' then -value_amount else 0 end) as billed_rate_variance_amount,
        sum(case when kind in ('credit', 'invoice_discount', 'write_off') then -value_amount else 0 end) as credits_amount,
        sum(case when kind = 'settlement_discount' then -value_amount else 0 end) as settlement_discount_amount
    from {{ ref('int_concessions') }}
    where effect is not null
    group by job_key, product_key
),

jobs as (
    select * from {{ ref('dim_job') }}
),

dated as (
    select
        billed.*,
        delivered.delivered_amount,
        sold.booked_amount,
        sold.currency,
        sold.exchange_rate,
        sold_quantities.quantity as sold_quantity,
        sold_quantities.contracted_quantity,
        sold_quantities.contracted_amount,
        jobs.deal_key,
        coalesce(quotes.sent_on, sold.won_on) as priced_on,
        case when quotes.sent_on is not null then 'accepted_quote' else 'win' end as priced_by
    from billed
    inner join delivered on billed.job_key = delivered.job_key and billed.product_key = delivered.product_key
    inner join sold on billed.job_key = sold.job_key and billed.product_key = sold.product_key
    inner join sold_quantities on billed.job_key = sold_quantities.job_key and billed.product_key = sold_quantities.product_key
    inner join jobs on billed.job_key = jobs.job_key
    left join {{ ref('int_accepted_quotes') }} as quotes on jobs.deal_key = quotes.deal_key and billed.product_key = quotes.product_key
    where
        billed.quantity > 0 and sold_quantities.quantity > 0 and sold_quantities.contracted_quantity > 0
        and sold_quantities.unit_count = 1 and coalesce(sold_quantities.unit, 'none') = coalesce(billed.base_unit, 'none')
),

-- The list price of that day in the currency of the deal, an entry of a price list before the product's own undated
-- one.
listed as (
    select
        dated.job_key,
        dated.product_key,
        prices.price_list_entry_id,
        {{ converted(
            share('prices.list_price', 'dated.quantity', "case when dated.base_unit = 'none' then 1 else coalesce(prices.base_quantity, 1) end", 6),
            'dated.exchange_rate'
        ) }} as list_amount
    from dated
    inner join {{ ref('int_list_prices') }} as prices on dated.product_key = prices.product_key and dated.currency = prices.currency
    where
        dated.priced_on >= coalesce(prices.valid_from, dated.priced_on)
        and dated.priced_on <= coalesce(prices.valid_to, dated.priced_on)
        and (dated.base_unit = prices.base_unit or dated.base_unit = 'none' or prices.base_unit is null)
    qualify row_number() over (
        partition by dated.job_key, dated.product_key
        order by
            case when prices.price_list_entry_id is null then 1 else 0 end nulls last,
            prices.valid_from desc nulls last,
            prices.source_system nulls last,
            prices.product_id nulls last,
            prices.price_list_entry_id nulls last
    ) = 1
),

stepped as (
    select
        dated.*,
        listed.list_amount as list_value_amount,
        {{ share('dated.booked_amount', 'dated.quantity', 'dated.sold_quantity') }} as quoted_value_amount,
        case
            when dated.booked_amount is not null
                then {{ share('dated.contracted_amount', 'dated.quantity', 'dated.contracted_quantity') }}
        end as contracted_value_amount,
        case when listed.job_key is null then 'none' when listed.price_list_entry_id is null then 'undated' else 'dated' end as list_price_rule,
        coalesce(concessions.billed_rate_variance_amount, 0) as billed_rate_variance_amount,
        coalesce(concessions.credits_amount, 0) as credits_amount,
        coalesce(concessions.settlement_discount_amount, 0) as settlement_discount_amount
    from dated
    left join listed on dated.job_key = listed.job_key and dated.product_key = listed.product_key
    left join concessions on dated.job_key = concessions.job_key and dated.product_key = concessions.product_key
),

final as (
    select
        {{ make_key(['stepped.job_key', 'stepped.product_key']) }} as price_realisation_key,
        stepped.deal_key,
        jobs.contract_key,
        stepped.job_key,
        stepped.product_key,
        jobs.customer_key,
        jobs.owner_key,
        stepped.priced_on,
        {{ as_of() }} as as_of_on,
        stepped.priced_by,
        stepped.list_price_rule,
        jobs.legal_entity,
        cast(stepped.quantity as decimal(18, 6)) as billed_quantity,
        stepped.base_unit as unit,
        cast(stepped.list_value_amount as decimal(18, 2)) as list_value_amount,
        cast(stepped.list_value_amount - stepped.quoted_value_amount as decimal(18, 2)) as quote_discount_amount,
        cast(stepped.quoted_value_amount as decimal(18, 2)) as quoted_value_amount,
        cast(stepped.quoted_value_amount - stepped.contracted_value_amount as decimal(18, 2)) as change_order_price_amount,
        cast(stepped.contracted_value_amount - stepped.delivered_amount as decimal(18, 2)) as agreed_price_amount,
        cast(stepped.billed_rate_variance_amount as decimal(18, 2)) as billed_rate_variance_amount,
        cast(stepped.credits_amount as decimal(18, 2)) as credits_amount,
        cast(stepped.settlement_discount_amount as decimal(18, 2)) as settlement_discount_amount,
        cast(
            stepped.delivered_amount - stepped.billed_rate_variance_amount - stepped.credits_amount - stepped.settlement_discount_amount
            as decimal(18, 2)
        ) as pocket_value_amount
    from stepped
    inner join jobs on stepped.job_key = jobs.job_key
)

select * from final
