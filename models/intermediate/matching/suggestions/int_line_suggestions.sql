-- One row per invoice line without a job and job whose open work is worth what the line, or its invoice, asks for.
with links as (
    select * from {{ ref('int_job_links') }}
    where source_entity = 'invoice_lines' and job_key = 'unknown' and match_rule <> 'decision'
),

-- A line that is matched by a delivery that it names is open no more; nor is what was credited, or a second copy.
unmatched_lines as (
    select
        items.item_key,
        items.source_system,
        items.invoice_id,
        items.invoice_line_id,
        items.legal_entity,
        items.event_on,
        items.currency,
        events.customer_key,
        links.candidates,
        pairs.to_document_amount as document_amount
    from {{ ref('int_delivered_to_invoiced') }} as pairs
    inner join {{ ref('int_billing_items') }} as items on pairs.to_item_key = items.item_key
    inner join {{ ref('int_stage_events') }} as events on items.item_key = events.event_key
    inner join links on items.source_system = links.source_system and items.invoice_line_id = links.source_id
    where pairs.match_rule = 'unmatched' and items.stage = 'invoiced' and not items.is_copy and pairs.to_document_amount > 0
),

-- Open invoice lines that no rule and no person placed on a job, with what each and its whole invoice ask for.
lines as (
    select
        *,
        cast(sum(document_amount) over (partition by source_system, invoice_id) as decimal(18, 2)) as invoice_amount
    from unmatched_lines
    where customer_key <> 'unknown'
),

open_parts as (
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
    inner join {{ ref('int_stage_events') }} as events on items.item_key = events.event_key
    where pairs.match_rule = 'unmatched' and pairs.from_document_amount > 0 and items.job_key is not null
),

-- Only of customers who have a line that asks; most have none.
asking as (
    select distinct legal_entity, customer_key from lines
),

asked_work as (
    select open_parts.*
    from open_parts
    inner join asking on open_parts.legal_entity = asking.legal_entity and open_parts.customer_key = asking.customer_key
),

-- What one document could bill together: a delivery, those of a work order, a week, a month, or all of the job.
work as (
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
        from asked_work
        where {{ bundle }} is not null
        group by legal_entity, customer_key, job_key, currency, {{ bundle }}
        {% if kind != 'delivery' %}having count(*) > 1{% endif %}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

asked_amounts as (
    select *, document_amount as asked_amount from lines
    union all
    select *, invoice_amount from lines
    where invoice_amount <> document_amount
),

-- Equal amounts of one customer and currency, delivered within the window before the document.
amount_matches as (
    select
        asked_amounts.source_system,
        asked_amounts.invoice_line_id,
        work.job_key,
        work.kind,
        work.first_on,
        work.last_on,
        work.delivery_count,
        work.document_amount
    from asked_amounts
    inner join work
        on
            asked_amounts.legal_entity = work.legal_entity
            and asked_amounts.customer_key = work.customer_key
            and asked_amounts.currency = work.currency
            and asked_amounts.asked_amount = work.document_amount
    where
        work.last_on between {{ plus_days('asked_amounts.event_on', '-' ~ var('job_window_days', 45)) }} and asked_amounts.event_on
        -- What names several jobs can only be one of these.
        and (asked_amounts.candidates is null or asked_amounts.candidates like '%' || work.job_key || '%')
),

-- One delivery says more than a sum of several, and a small sum more than a large one.
final as (
    select
        source_system,
        invoice_line_id,
        job_key,
        case when kind = 'delivery' then 'amount_of_delivery' else 'amount_of_deliveries' end as match_rule,
        kind,
        first_on,
        last_on,
        delivery_count,
        document_amount
    from amount_matches
    qualify row_number() over (
        partition by source_system, invoice_line_id, job_key
        order by delivery_count nulls last, last_on desc nulls last, first_on desc nulls last, kind nulls last
    ) = 1
)

select * from final
