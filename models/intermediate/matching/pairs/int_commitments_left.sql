-- One row per part of a commitment that no delivery answers: what may be billed in advance, or, of a job that was called off, as its fee.
with rests as (
    select * from {{ ref('int_contracted_to_delivered') }}
    where match_rule = 'unmatched'
),

policies as (
    select * from {{ ref('int_job_policies') }}
),

-- What was done beyond what was sold of its product.
beyond as (
    select
        items.job_key,
        items.currency,
        sum(rests.to_document_amount) as document_amount
    from rests
    inner join {{ ref('int_delivery_items') }} as items on rests.to_item_key = items.item_key
    where rests.to_document_amount > 0
    group by items.job_key, items.currency
),

commitments as (
    select
        items.item_key,
        items.event_on,
        items.job_key,
        items.product_key,
        items.currency,
        rests.from_document_amount as document_amount,
        rests.from_reporting_amount as reporting_amount,
        sum(rests.from_document_amount) over (
            partition by items.job_key, items.currency
            order by items.event_on nulls last, items.item_key nulls last
            rows between unbounded preceding and current row
        ) - rests.from_document_amount as starts_at
    from rests
    inner join {{ ref('int_commitment_items') }} as items on rests.from_item_key = items.item_key
    where rests.from_document_amount > 0
),

-- A fee is owed for contracted less delivered of the whole job, whichever product it was.
placed as (
    select
        commitments.*,
        case
            when policies.status = 'cancelled'
                then least(commitments.document_amount, greatest(coalesce(beyond.document_amount, 0) - commitments.starts_at, 0))
            else 0
        end as taken_amount
    from commitments
    left join policies on commitments.job_key = policies.job_key
    left join beyond on commitments.job_key = beyond.job_key and commitments.currency = beyond.currency
),

final as (
    select
        item_key,
        event_on,
        job_key,
        product_key,
        currency,
        cast(document_amount - taken_amount as decimal(18, 2)) as document_amount,
        cast(reporting_amount - {{ share('reporting_amount', 'taken_amount', 'document_amount') }} as decimal(18, 2)) as reporting_amount
    from placed
    where document_amount > taken_amount
)

select * from final
