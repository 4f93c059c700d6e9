-- One row per part of a delivery and the part of an invoice line that answers it; what nothing answers has the other side null.
with answered as (
    select * from {{ ref('int_answered_work') }}
),

made_up as (
    select * from {{ ref('int_rates_made_up') }}
),

-- What a later line makes up of a delivery is taken from what the first one answers.
of_pairs as (
    select
        delivery_key, line_key, billed_by,
        sum(delivered_document_amount) as document_amount, sum(delivered_reporting_amount) as reporting_amount
    from made_up
    group by delivery_key, line_key, billed_by
),

of_top_ups as (
    select
        top_up_key, sum(billed_document_amount) as document_amount, sum(billed_reporting_amount) as reporting_amount
    from made_up
    group by top_up_key
),

rated as (
    select
        delivery_key, top_up_key,
        sum(delivered_document_amount) as delivered_document_amount, sum(delivered_reporting_amount) as delivered_reporting_amount,
        sum(billed_document_amount) as billed_document_amount, sum(billed_reporting_amount) as billed_reporting_amount
    from made_up
    group by delivery_key, top_up_key
),

final as (
    select
        answered.match_rule,
        answered.from_item_key,
        cast(answered.from_document_amount - coalesce(of_pairs.document_amount, 0) as decimal(18, 2)) as from_document_amount,
        cast(answered.from_reporting_amount - coalesce(of_pairs.reporting_amount, 0) as decimal(18, 2)) as from_reporting_amount,
        answered.from_quantity,
        answered.to_item_key,
        cast(answered.to_document_amount - coalesce(of_top_ups.document_amount, 0) as decimal(18, 2)) as to_document_amount,
        cast(answered.to_reporting_amount - coalesce(of_top_ups.reporting_amount, 0) as decimal(18, 2)) as to_reporting_amount,
        answered.to_quantity
    from answered
    left join of_pairs
        on
            answered.from_item_key = of_pairs.delivery_key and answered.to_item_key = of_pairs.line_key
            and answered.match_rule = of_pairs.billed_by
    left join of_top_ups on answered.to_item_key = of_top_ups.top_up_key
    where coalesce(answered.to_document_amount <> of_top_ups.document_amount, true)
    union all
    select
        'rate_made_up',
        delivery_key, cast(delivered_document_amount as decimal(18, 2)), cast(delivered_reporting_amount as decimal(18, 2)), null,
        top_up_key, cast(billed_document_amount as decimal(18, 2)), cast(billed_reporting_amount as decimal(18, 2)), null
    from rated
)

select * from final
