-- One row per job's open work that one document could bill together: a delivery, those of a work order, a week, a month, or all of the job.
with open_parts as (
    select
        items.item_key,
        items.job_key,
        items.currency,
        items.event_on,
        items.work_order_key,
        events.customer_key,
        items.legal_entity,
        pairs.from_document_amount as document_amount
    from {{ ref('int_delivered_to_invoiced') }} as pairs
    inner join {{ ref('int_delivery_items') }} as items on pairs.from_item_key = items.item_key
    inner join {{ ref('fct_stage_events') }} as events on items.item_key = events.event_key
    where pairs.match_rule = 'unmatched' and pairs.from_document_amount > 0 and items.job_key is not null
),

-- Only of customers who have a line that asks; most have none.
asked as (
    select distinct legal_entity, customer_key
    from {{ ref('int_lines_without_job') }}
),

work as (
    select open_parts.*
    from open_parts
    inner join asked on open_parts.legal_entity = asked.legal_entity and open_parts.customer_key = asked.customer_key
),

bundles as (
    {% for kind, bundle in [
        ('delivery', 'item_key'),
        ('work_order', 'work_order_key'),
        ('week', 'cast(' ~ dbt.date_trunc('week', 'event_on') ~ ' as ' ~ dbt.type_string() ~ ')'),
        ('month', 'cast(' ~ dbt.date_trunc('month', 'event_on') ~ ' as ' ~ dbt.type_string() ~ ')'),
        ('job', 'job_key'),
    ] %}
        select
            legal_entity, customer_key, job_key, currency, '{{ kind }}' as kind, {{ bundle }} as bundle,
            cast(sum(document_amount) as decimal(18, 2)) as document_amount, min(event_on) as first_on, max(event_on) as last_on,
            count(*) as delivery_count
        from work
        where {{ bundle }} is not null
        group by legal_entity, customer_key, job_key, currency, {{ bundle }}
        {% if kind != 'delivery' %}having count(*) > 1{% endif %}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from bundles
