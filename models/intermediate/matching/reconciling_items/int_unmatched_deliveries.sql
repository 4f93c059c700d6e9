-- One row per gap and part of a delivery that nothing on the other side answers, with the reason.
with unmatched as (
    select
        'contracted_to_delivered' as gap, 'to' as side, to_item_key as item_key, to_document_amount as document_amount,
        to_reporting_amount as reporting_amount, match_rule
    from {{ ref('int_contracted_to_delivered') }}
    where match_rule = 'unmatched' and to_item_key is not null
    {% for gap in ['delivered_to_invoiced', 'delivered_to_recognised'] %}
        union all
        select
            '{{ gap }}', 'from', matched.from_item_key,
            matched.from_document_amount{{ ' - coalesce(sold.document_amount, 0)' if loop.first }},
            matched.from_reporting_amount{{ ' - coalesce(sold.reporting_amount, 0)' if loop.first }}, matched.match_rule
        from {{ ref('int_' ~ gap) }} as matched
        {% if loop.first %}
            left join {{ ref('int_sold_for_cash') }} as sold on matched.from_item_key = sold.item_key
        {% endif %}
        where matched.match_rule = 'unmatched' and matched.from_item_key is not null
    {% endfor %}
),

deliveries as (
    select * from {{ ref('int_delivery_items') }}
),

jobs as (
    select * from {{ ref('int_job_policies') }}
),

-- What was sold in a currency without a rate was sold all the same.
sold_products as (
    select distinct job_key, product_key from {{ ref('int_stage_events') }}
    where stage in ('booked', 'change_order') and document_amount >= 0
),

-- A change to what was never sold is no sale.
sold_jobs as (
    select distinct job_key from {{ ref('int_stage_events') }}
    where stage = 'booked' and document_amount >= 0
),

billed_by_reference as (
    select distinct from_item_key as item_key from {{ ref('int_delivered_to_invoiced') }}
    where match_rule = 'delivery_reference'
),

-- Lines and postings in a currency without a rate that met nothing: whether they are for work in another currency
-- cannot be measured.
unrated_answers as (
    select distinct 'delivered_to_invoiced' as gap, lines.job_key
    from {{ ref('int_delivered_to_invoiced') }} as rests
    inner join {{ ref('int_billing_items') }} as lines on rests.to_item_key = lines.item_key
    where rests.match_rule = 'unmatched' and lines.is_unrated
    union all
    select distinct 'delivered_to_recognised', postings.job_key
    from {{ ref('int_delivered_to_recognised') }} as rests
    inner join {{ ref('int_recognition_items') }} as postings on rests.to_item_key = postings.item_key
    where rests.match_rule = 'unmatched' and postings.is_unrated
),

-- Work of the old books whose bill stands in the entry that opened these was recognised there.
billed_before as (
    select distinct matched.from_item_key as item_key
    from {{ ref('int_delivered_to_invoiced') }} as matched
    inner join {{ ref('int_delivery_items') }} as work on matched.from_item_key = work.item_key
    inner join {{ ref('int_invoice_values') }} as lines on matched.to_item_key = lines.event_key
    inner join {{ ref('int_before_the_books') }} as old_bills
        on lines.source_system = old_bills.source_system and lines.invoice_id = old_bills.document_id and old_bills.document_kind = 'invoice'
    where work.event_on < old_bills.books_begin_on
),

settings as (
    select * from {{ ref('int_matching_policy') }}
),

-- Where no system of a company hands over journals, nothing says what was recognised, and nothing of it is missing.
ledgers as (
    select distinct systems.legal_entity
    from {{ ref('cnf_journal_lines') }} as journal_lines
    inner join {{ ref('int_source_systems') }} as systems on journal_lines.source_system = systems.source_system
),

reasoned as (
    select
        unmatched.gap,
        unmatched.side,
        unmatched.item_key,
        deliveries.job_key,
        deliveries.event_on,
        case
            when deliveries.document_amount < 0 then {{ delivery_correction('deliveries') }}
            when unmatched.document_amount = 0 then case when deliveries.valuation_rule = 'unpriced' then 'unpriced' else 'non_billable' end
            when unmatched.gap <> 'contracted_to_delivered' and old_work.event_key is not null then 'before_the_books'
            when unmatched.gap = 'delivered_to_recognised' and billed_before.item_key is not null then 'before_the_books'
            when deliveries.job_key is null then 'no_job'
            -- A cost passed on is revenue of nobody; what else settles a delivery says nothing of its revenue.
            when
                settled.reason is not null
                and (unmatched.gap = 'delivered_to_invoiced' or (unmatched.gap = 'delivered_to_recognised' and settled.reason = 'disbursement'))
                then settled.reason
            when unmatched.gap = 'contracted_to_delivered'
                then case
                    when sold_jobs.job_key is null then 'no_deal'
                    -- What was ordered and delivered, and never sold, or not so much of it.
                    when orders.delivered_amount <= orders.ordered_amount then 'job_differs_from_deal'
                    when sold_products.job_key is null then 'unquoted_item'
                    else 'over_delivery'
                end
            when unmatched.gap = 'delivered_to_invoiced'
                then case
                    when billed_by_reference.item_key is not null
                        then case when wholly_billed.delivery_key is not null then 'rate_variance' else 'quantity_variance' end
                    when {{ plus_days(billing_due_on('deliveries.event_on', 'jobs'), 'jobs.billing_window_days') }} >= {{ as_of() }}
                        then 'within_billing_window'
                    when unrated_answers.job_key is not null then 'rate_missing'
                    else 'past_billing_window'
                end
            when ledgers.legal_entity is null then 'ledger_not_available'
            when jobs.is_straight_line then 'straight_line_policy'
            when {{ plus_days(dbt.last_day('deliveries.event_on', 'month'), 'settings.recognition_window_days') }} >= {{ as_of() }}
                then 'recognised_later'
            when unrated_answers.job_key is not null then 'rate_missing'
            else 'not_recognised'
        end as reason,
        unmatched.match_rule,
        unmatched.reporting_amount as amount
    from unmatched
    inner join deliveries on unmatched.item_key = deliveries.item_key
    cross join settings
    left join jobs on deliveries.job_key = jobs.job_key
    left join sold_products on deliveries.job_key = sold_products.job_key and deliveries.product_key = sold_products.product_key
    left join {{ ref('int_job_orders') }} as orders
        on
            deliveries.job_key = orders.job_key
            and deliveries.product_key = orders.product_key
            and deliveries.currency = orders.currency
    left join sold_jobs on deliveries.job_key = sold_jobs.job_key
    left join unrated_answers on unmatched.gap = unrated_answers.gap and deliveries.job_key = unrated_answers.job_key
    left join {{ ref('int_wholly_billed_deliveries') }} as wholly_billed on unmatched.item_key = wholly_billed.delivery_key
    left join {{ ref('int_delivery_settlements') }} as settled on unmatched.item_key = settled.item_key
    left join ledgers on deliveries.legal_entity = ledgers.legal_entity
    left join billed_by_reference on unmatched.item_key = billed_by_reference.item_key
    left join billed_before on unmatched.item_key = billed_before.item_key
    left join {{ ref('int_work_before_the_books') }} as old_work on unmatched.item_key = old_work.event_key
    where deliveries.is_unrated is not true and (unmatched.document_amount <> 0 or unmatched.reporting_amount <> 0 or deliveries.document_amount = 0)
),

-- What is accrued of work in another currency moves with the rate.
translated as (
    {{ translated('reasoned', 'item_key', 'fallen_amount', "gap = 'delivered_to_recognised' and reason in ('recognised_later', 'not_recognised')") }}
),

final as (
    {% for reason, amount in [('reason', 'amount - translated_amount'), ("'currency_translation'", 'translated_amount')] %}
        select
            gap,
            side,
            case when side = 'from' then item_key end as from_event_key,
            case when side = 'to' then item_key end as to_event_key,
            cast(null as {{ dbt.type_string() }}) as related_event_key,
            {{ reason }} as reason,
            match_rule,
            cast(case when side = 'from' then {{ amount }} else 0 end as decimal(18, 2)) as from_amount,
            cast(case when side = 'to' then {{ amount }} else 0 end as decimal(18, 2)) as to_amount
        from translated
        where {{ 'translated_amount <> amount or amount = 0' if loop.first else 'translated_amount <> 0' }}
        union all
    {% endfor %}
    select 'delivered_to_invoiced', 'from', item_key, null, null, 'sold_for_cash', 'unmatched', reporting_amount, 0
    from {{ ref('int_sold_for_cash') }}
)

select * from final
