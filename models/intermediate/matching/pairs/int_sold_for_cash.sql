-- One row per delivery that no bill answers and a sale for cash does, with how much of it: by its job, else by its customer, the oldest first.
{% set stages = ['job', 'customer'] %}
with deliveries as (
    select
        unmatched.from_item_key as item_key,
        unmatched.from_document_amount as document_amount,
        unmatched.from_reporting_amount as reporting_amount,
        items.job_key,
        jobs.customer_key,
        items.currency,
        items.event_on
    from {{ ref('int_delivered_to_invoiced') }} as unmatched
    inner join {{ ref('int_delivery_items') }} as items on unmatched.from_item_key = items.item_key
    inner join {{ ref('int_job_terms') }} as jobs on items.job_key = jobs.job_key
    where unmatched.match_rule = 'unmatched' and unmatched.from_document_amount > 0
),

-- A sale that names its job pays for that; another one for whatever its customer took away.
sales as (
    select
        nullif(job_key, 'unknown') as job_key,
        case when job_key = 'unknown' then nullif(customer_key, 'unknown') end as customer_key,
        currency,
        sum(document_amount) as document_amount
    from {{ ref('int_cash_sale_values') }}
    where valuation_rule like 'share_of_sale%' and event_on <= {{ as_of() }}
    group by nullif(job_key, 'unknown'), case when job_key = 'unknown' then nullif(customer_key, 'unknown') end, currency
),

{% for stage in stages %}
    by_{{ stage }} as (
        select
            laid.item_key,
            least(laid.ends_at, sales.document_amount) - (laid.ends_at - laid.document_amount) as document_amount
        from (
            select
                deliveries.item_key, deliveries.{{ stage }}_key, deliveries.currency,
                deliveries.document_amount - {{ 'coalesce(by_job.document_amount, 0)' if stage == 'customer' else '0' }} as document_amount,
                sum(deliveries.document_amount{{ ' - coalesce(by_job.document_amount, 0)' if stage == 'customer' }}) over (
                    partition by deliveries.{{ stage }}_key, deliveries.currency
                    order by deliveries.event_on nulls last, deliveries.item_key nulls last
                    rows between unbounded preceding and current row
                ) as ends_at
            from deliveries
            {% if stage == 'customer' %}
                left join by_job on deliveries.item_key = by_job.item_key
            {% endif %}
        ) as laid
        inner join sales on laid.{{ stage }}_key = sales.{{ stage }}_key and laid.currency = sales.currency
        where laid.ends_at - laid.document_amount < sales.document_amount
    ),

{% endfor %}

sold as (
    select item_key, sum(document_amount) as document_amount
    from (
        select item_key, document_amount from by_job
        union all
        select item_key, document_amount from by_customer
    ) as both_stages
    where document_amount > 0
    group by item_key
),

final as (
    select
        deliveries.item_key,
        cast(sold.document_amount as decimal(18, 2)) as document_amount,
        {{ share('deliveries.reporting_amount', 'sold.document_amount', 'deliveries.document_amount') }} as reporting_amount
    from deliveries
    inner join sold on deliveries.item_key = sold.item_key
)

select * from final
