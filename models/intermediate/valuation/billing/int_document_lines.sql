-- One row per line of a posted invoice or credit note, or part of one that asks for what was held back: its share of
-- what is paid.
{% set stages = [('by_job', 'job_key'), ('by_customer', 'customer_key')] %}
with lines as (
    select * from {{ ref('int_invoice_values') }}
    where is_posted
),

-- What other lines take off a line of work, and what of such a line found no work to take it off. Net is taken off net,
-- and its tax off tax.
taken as (
    select
        deductions.off_key,
        deductions.work_key,
        deductions.amount,
        {{ share('off_lines.tax_amount', 'deductions.amount', '-off_lines.document_amount') }} as tax_amount
    from {{ ref('int_line_deductions') }} as deductions
    inner join lines as off_lines on deductions.off_key = off_lines.event_key
),

moved as (
    select event_key, sum(amount) as amount, sum(tax_amount) as tax_amount
    from (
        select work_key as event_key, -amount as amount, tax_amount from taken
        union all
        select off_key, amount, -tax_amount from taken
    ) as both_ends
    group by event_key
),

held_lines as (
    select
        lines.*,
        case when lines.line_role = 'retention' then 'retention' else records.account_code end as held_on
    from lines
    inner join {{ ref('cnf_invoice_lines') }} as records
        on lines.source_system = records.source_system and lines.invoice_line_id = records.invoice_line_id
    where lines.line_role in ('work', 'retention', 'other_balance') and lines.stage = 'invoiced'
),

-- A voided document holds nothing back and releases nothing.
voided as (
    select distinct source_system, invoice_id from {{ ref('int_invoice_values') }}
    where valuation_rule = 'voided' and event_on <= {{ as_of() }}
),

standing as (
    select held_lines.*
    from held_lines
    left join voided on held_lines.source_system = voided.source_system and held_lines.invoice_id = voided.invoice_id
    where voided.invoice_id is null
),

held as (
    select
        off_lines.source_system, off_lines.held_on, off_lines.currency, work.job_key, work.customer_key, off_lines.event_on,
        deductions.work_key, off_lines.event_key || work.event_key as place, deductions.amount
    from {{ ref('int_line_deductions') }} as deductions
    inner join standing as off_lines on deductions.off_key = off_lines.event_key
    inner join standing as work on deductions.work_key = work.event_key
),

asked_back as (
    select source_system, held_on, currency, job_key, customer_key, event_on, event_key as release_key, event_key as place, document_amount as amount
    from standing
    where line_role in ('retention', 'other_balance') and document_amount > 0
),

{% for stage, pool in stages %}
    {% for side in ['held', 'asked_back'] %}
        {{ stage }}_{{ side }} as (
            select
                sides.*,
                {{ pool }} as pool,
                sum(amount) over (
                    partition by source_system, held_on, currency, {{ pool }}
                    order by event_on nulls last, place nulls last
                    rows between unbounded preceding and current row
                ) as ends_at
            from (
                select
                    {{ side }}.source_system, {{ side }}.held_on, {{ side }}.currency, {{ side }}.job_key, {{ side }}.customer_key,
                    {{ side }}.event_on, {{ side }}.place, {{ 'work_key,' if side == 'held' else 'release_key,' }}
                    {{ side }}.amount {{ '- coalesce(before.amount, 0)' if stage == 'by_customer' }} as amount
                from {{ side }}
                {% if stage == 'by_customer' %}
                    left join (select {{ side }}_place, sum(amount) as amount from by_job group by {{ side }}_place) as before
                        on {{ side }}.place = before.{{ side }}_place
                {% endif %}
            ) as sides
            where amount > 0 and {{ pool }} <> 'unknown'
        ),

    {% endfor %}
    {{ stage }} as (
        select
            held.work_key, released.release_key, held.place as held_place, released.place as asked_back_place,
            least(held.ends_at, released.ends_at) - greatest(held.ends_at - held.amount, released.ends_at - released.amount) as amount
        from {{ stage }}_held as held
        inner join {{ stage }}_asked_back as released
            on
                held.source_system = released.source_system
                and held.held_on = released.held_on
                and held.currency = released.currency
                and held.pool = released.pool
        where held.ends_at > released.ends_at - released.amount and released.ends_at > held.ends_at - held.amount
    ),

{% endfor %}
-- What each line that asks for what was held back answers: by job, else by customer, the oldest first.
held_releases as (
    select release_key, work_key, cast(sum(amount) as decimal(18, 2)) as amount
    from (
        select * from by_job
        union all
        select * from by_customer
    ) as parts
    group by release_key, work_key
),

releases as (
    select
        *,
        sum(amount) over (
            partition by release_key
            order by work_key nulls last
            rows between unbounded preceding and current row
        ) as ends_at
    from held_releases
),

released as (
    select release_key, sum(amount) as amount from releases group by release_key
),

sized as (
    select
        lines.*,
        case when lines.line_role = 'tax' then 0 else lines.document_amount + coalesce(moved.amount, 0) end as share_amount,
        lines.tax_amount + coalesce(moved.tax_amount, 0) + case when lines.line_role = 'tax' then lines.document_amount else 0 end as share_tax_amount
    from lines
    left join moved on lines.event_key = moved.event_key
),

-- A line that asks for what was held back is as many parts as it answers lines of work, and what is left of it.
parts as (
    select
        sized.event_key,
        releases.work_key as answers_key,
        releases.amount as share_amount,
        {{ share('sized.share_tax_amount', 'releases.ends_at', 'sized.share_amount') }}
        - {{ share('sized.share_tax_amount', 'releases.ends_at - releases.amount', 'sized.share_amount') }} as share_tax_amount
    from sized
    inner join releases on sized.event_key = releases.release_key
    union all
    select
        sized.event_key,
        null,
        sized.share_amount - coalesce(released.amount, 0),
        sized.share_tax_amount
        - case when released.amount is null then 0 else {{ share('sized.share_tax_amount', 'released.amount', 'sized.share_amount') }} end
    from sized
    left join released on sized.event_key = released.release_key
    where released.amount is null or released.amount <> sized.share_amount
),

final as (
    select
        sized.event_key,
        parts.answers_key,
        coalesce(parts.answers_key, sized.event_key) as line_key,
        sized.source_system,
        sized.invoice_id,
        sized.invoice_line_id,
        sized.stage,
        sized.event_on,
        sized.line_role,
        sized.currency,
        {% for key in ['deal_key', 'contract_key', 'job_key', 'work_order_key', 'product_key', 'customer_key', 'person_key', 'job_match_rule'] %}
            coalesce(answered.{{ key }}, sized.{{ key }}) as {{ key }},
        {% endfor %}
        cast(parts.share_amount as decimal(18, 2)) as share_amount,
        cast(parts.share_tax_amount as decimal(18, 2)) as share_tax_amount
    from parts
    inner join sized on parts.event_key = sized.event_key
    left join lines as answered on parts.answers_key = answered.event_key
    where sized.line_role = 'work' or parts.share_amount <> 0 or parts.share_tax_amount <> 0
)

select * from final
