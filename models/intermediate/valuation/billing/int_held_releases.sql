-- One row per line that asks for what customers had held back, and line of work from which it was held: by job, else by customer, the oldest first.
{% set stages = [('by_job', 'job_key'), ('by_customer', 'customer_key')] %}
with lines as (
    select
        lines.*,
        case when lines.line_role = 'retention' then 'retention' else records.account_code end as held_on
    from {{ ref('int_invoice_values') }} as lines
    inner join {{ ref('cnf_invoice_lines') }} as records
        on lines.source_system = records.source_system and lines.invoice_line_id = records.invoice_line_id
    where lines.is_posted and lines.line_role in ('work', 'retention', 'other_balance') and lines.stage = 'invoiced'
),

-- A voided document holds nothing back and releases nothing.
voided as (
    select distinct source_system, invoice_id from {{ ref('int_invoice_values') }}
    where valuation_rule = 'voided' and event_on <= {{ as_of() }}
),

standing as (
    select lines.*
    from lines
    left join voided on lines.source_system = voided.source_system and lines.invoice_id = voided.invoice_id
    where voided.invoice_id is null
),

held as (
    select
        off_lines.source_system, off_lines.held_on, off_lines.currency, work.job_key, work.customer_key, off_lines.event_on,
        taken.off_key, taken.work_key, off_lines.event_key || work.event_key as place, taken.amount
    from {{ ref('int_line_deductions') }} as taken
    inner join standing as off_lines on taken.off_key = off_lines.event_key
    inner join standing as work on taken.work_key = work.event_key
),

released as (
    select source_system, held_on, currency, job_key, customer_key, event_on, event_key as release_key, event_key as place, document_amount as amount
    from standing
    where line_role in ('retention', 'other_balance') and document_amount > 0
),

{% for stage, pool in stages %}
    {% for side in ['held', 'released'] %}
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
                    {{ side }}.event_on, {{ side }}.place, {{ 'off_key, work_key,' if side == 'held' else 'release_key,' }}
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
            held.off_key, held.work_key, released.release_key, held.place as held_place, released.place as released_place,
            least(held.ends_at, released.ends_at) - greatest(held.ends_at - held.amount, released.ends_at - released.amount) as amount
        from {{ stage }}_held as held
        inner join {{ stage }}_released as released
            on
                held.source_system = released.source_system
                and held.held_on = released.held_on
                and held.currency = released.currency
                and held.pool = released.pool
        where held.ends_at > released.ends_at - released.amount and released.ends_at > held.ends_at - held.amount
    ),

{% endfor %}

final as (
    select release_key, work_key, off_key, cast(sum(amount) as decimal(18, 2)) as amount
    from (
        select * from by_job
        union all
        select * from by_customer
    ) as found
    group by release_key, work_key, off_key
)

select * from final
