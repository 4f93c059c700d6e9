-- One row per part of a revenue posting that no delivery answers, with the reason.
with unmatched as (
    select * from {{ ref('int_delivered_to_recognised') }}
    where match_rule = 'unmatched' and to_item_key is not null
),

postings as (
    select * from {{ ref('int_recognition_items') }}
),

jobs as (
    select * from {{ ref('int_job_policies') }}
),

-- Work in a currency without a rate that met nothing: whatever of another currency is for it cannot be measured.
unrated as (
    select distinct deliveries.job_key
    from {{ ref('int_delivered_to_recognised') }} as rests
    inner join {{ ref('int_delivery_items') }} as deliveries on rests.from_item_key = deliveries.item_key
    where rests.match_rule = 'unmatched' and deliveries.is_unrated
),

reasoned as (
    select
        unmatched.to_item_key,
        postings.job_key,
        postings.event_on,
        case
            when postings.is_manual and postings.document_type in ('manual', 'other') then 'manual_journal'
            when unmatched.to_document_amount < 0 then {{ posting_correction('postings') }}
            when postings.job_key is null then 'no_job'
            when jobs.is_straight_line then 'straight_line_policy'
            when postings.is_copy then 'duplicate_invoice'
            when unrated.job_key is not null then 'rate_missing'
            when jobs.is_open then 'recognised_early'
            else 'billed_without_delivery'
        end as reason,
        unmatched.match_rule,
        unmatched.to_reporting_amount as amount,
        postings.document_type in ('accrual', 'other') as is_accrual
    from unmatched
    inner join postings on unmatched.to_item_key = postings.item_key
    left join jobs on postings.job_key = jobs.job_key
    left join unrated on postings.job_key = unrated.job_key
    where postings.is_unrated is not true and ({{ is_something_left('unmatched', 'to', 'postings') }})
),

-- An accrual of work in another currency moves with the rate.
translated as (
    {{ translated('reasoned', 'to_item_key', 'risen_amount', "reason in ('recognised_early', 'billed_without_delivery') and is_accrual") }}
),

final as (
    {% for reason, amount in [('reason', 'amount - translated_amount'), ("'currency_translation'", 'translated_amount')] %}
        select
            'delivered_to_recognised' as gap,
            'to' as side,
            cast(null as {{ dbt.type_string() }}) as from_event_key,
            to_item_key as to_event_key,
            cast(null as {{ dbt.type_string() }}) as related_event_key,
            {{ reason }} as reason,
            match_rule,
            cast(0 as decimal(18, 2)) as from_amount,
            cast({{ amount }} as decimal(18, 2)) as to_amount
        from translated
        where {{ 'translated_amount <> amount or amount = 0' if loop.first else 'translated_amount <> 0' }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
