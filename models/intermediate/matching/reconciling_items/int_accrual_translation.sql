-- One row per job whose work in another currency is accrued in its ledger's own: by how much the rate of the last accrual
-- lifts what was accrued above the work, and by how much it leaves the work above what was accrued.
with pairs as (
    select * from {{ ref('int_delivered_to_recognised') }}
),

deliveries as (
    select * from {{ ref('int_delivery_items') }}
    where is_unrated is not true
),

accruals as (
    select * from {{ ref('int_recognition_items') }}
    where document_type in ('accrual', 'other') and job_key is not null
),

accrued as (
    select
        accruals.job_key,
        deliveries.currency,
        sum(pairs.from_document_amount) as document_amount,
        sum(pairs.from_reporting_amount) as reporting_amount
    from pairs
    inner join accruals on pairs.to_item_key = accruals.item_key
    inner join deliveries on pairs.from_item_key = deliveries.item_key
    where
        pairs.match_rule in ('posted_line', 'accrued_work', 'job_and_product', 'job_other_product')
        and deliveries.currency <> accruals.currency
    group by accruals.job_key, deliveries.currency
),

-- The last month end that accrued anything values all that is accrued.
ends as (
    select
        job_key,
        max(event_on) as last_on,
        min(source_system) as source_system
    from accruals
    group by job_key
),

not_accrued as (
    select
        deliveries.job_key,
        deliveries.currency,
        sum(pairs.from_document_amount) as document_amount,
        sum(pairs.from_reporting_amount) as reporting_amount
    from pairs
    inner join deliveries on pairs.from_item_key = deliveries.item_key
    inner join ends on deliveries.job_key = ends.job_key and deliveries.event_on <= ends.last_on
    where pairs.match_rule = 'unmatched' and pairs.from_document_amount > 0
    group by deliveries.job_key, deliveries.currency
),

valued as (
    select
        accrued.job_key,
        accrued.reporting_amount,
        coalesce(not_accrued.reporting_amount, 0) as left_amount,
        {{ converted('accrued.document_amount', 'rates.rate') }} as worth_amount,
        {{ converted('coalesce(not_accrued.document_amount, 0)', 'rates.rate') }} as left_worth_amount
    from accrued
    inner join ends on accrued.job_key = ends.job_key
    inner join {{ ref('int_reporting_rates') }} as rates
        on ends.source_system = rates.source_system and accrued.currency = rates.currency and ends.last_on = rates.rate_on
    left join not_accrued on accrued.job_key = not_accrued.job_key and accrued.currency = not_accrued.currency
)

select
    job_key,
    cast(greatest(sum(worth_amount - reporting_amount), 0) as decimal(18, 2)) as risen_amount,
    cast(greatest(
        sum(left_amount) - greatest(sum(worth_amount + left_worth_amount - reporting_amount), 0), 0
    ) as decimal(18, 2)) as fallen_amount
from valued
group by job_key
