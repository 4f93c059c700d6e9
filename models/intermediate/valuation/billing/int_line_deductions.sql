-- One row per line that takes something off its document without being billed work, and line of work that it takes it off.
{% set stages = [('by_job', 'job_key'), ('by_document', "'any'")] %}
with lines as (
    select * from {{ ref('int_billed_lines') }}
),

-- A tax line is tax, whichever sign it has.
off as (
    select * from lines
    where line_role not in ('work', 'tax') and asked_amount < 0
),

work as (
    select * from lines
    where line_role = 'work' and asked_amount > 0
),

{% for stage, pool in stages %}
    -- {{ 'Off the work of the job that it names, ' if loop.first else 'then off any work of the document, ' }}by its share of what is still to take off from.
    {{ stage }}_off as (
        select
            off.source_system, off.invoice_id, {{ 'off.' ~ pool if loop.first else pool }} as pool, off.event_key, off.invoice_line_id,
            -off.asked_amount {{ '- coalesce(before.amount, 0)' if not loop.first }} as amount
        from off
        {% if not loop.first %}
            left join (select off_key, sum(amount) as amount from by_job group by off_key) as before on off.event_key = before.off_key
        {% else %}
            where off.job_key <> 'unknown'
        {% endif %}
    ),

    {{ stage }}_work as (
        select
            work.source_system, work.invoice_id, {{ 'work.' ~ pool if loop.first else pool }} as pool, work.event_key, work.invoice_line_id,
            work.asked_amount {{ '- coalesce(before.amount, 0)' if not loop.first }} as amount
        from work
        {% if not loop.first %}
            left join (select work_key, sum(amount) as amount from by_job group by work_key) as before on work.event_key = before.work_key
        {% endif %}
    ),

    {{ stage }} as (
        select
            off_key, work_key,
            {{ share('off_to', 'work_to', 'whole') }} - {{ share('off_to', 'work_to - work_amount', 'whole') }}
            - {{ share('off_from', 'work_to', 'whole') }} + {{ share('off_from', 'work_to - work_amount', 'whole') }} as amount
        from (
            select
                off_side.event_key as off_key,
                work_side.event_key as work_key,
                least(off_side.ends_at, work_side.whole) as off_to,
                least(off_side.ends_at - off_side.amount, work_side.whole) as off_from,
                work_side.ends_at as work_to,
                work_side.amount as work_amount,
                work_side.whole
            from (
                select *, sum(amount) over (
                    partition by source_system, invoice_id, pool order by invoice_line_id rows between unbounded preceding and current row
                ) as ends_at
                from {{ stage }}_off
            ) as off_side
            inner join (
                select *, sum(amount) over (partition by source_system, invoice_id, pool) as whole, sum(amount) over (
                    partition by source_system, invoice_id, pool order by invoice_line_id rows between unbounded preceding and current row
                ) as ends_at
                from {{ stage }}_work
                where amount > 0
            ) as work_side
                on
                    off_side.source_system = work_side.source_system
                    and off_side.invoice_id = work_side.invoice_id
                    and off_side.pool = work_side.pool
        ) as sides
    ),

{% endfor %}

final as (
    select
        off.source_system,
        off.invoice_id,
        off.invoice_line_id,
        taken.off_key,
        taken.work_key,
        off.line_role,
        cast(off.direction * sum(taken.amount) as decimal(18, 2)) as amount
    from (
        select * from by_job
        union all
        select * from by_document
    ) as taken
    inner join off on taken.off_key = off.event_key
    where taken.amount <> 0
    group by off.source_system, off.invoice_id, off.invoice_line_id, taken.off_key, taken.work_key, off.line_role, off.direction
)

select * from final
