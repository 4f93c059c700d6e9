-- One row per line that takes something off its document without being billed work, and line of work that it takes it off.
{% set stages = [('by_job', 'job_key'), ('by_document', 'pool')] %}
with lines as (
    select
        *,
        case when stage = 'credited' then -1 else 1 end as direction,
        case when stage = 'credited' then -document_amount else document_amount end as asked_amount,
        'any' as pool
    from {{ ref('int_invoice_values') }}
    where is_posted
),

-- A tax line is tax, whichever sign it has.
sides as (
    select source_system, invoice_id, invoice_line_id, event_key, job_key, pool, 'off' as side, -asked_amount as amount from lines
    where line_role not in ('work', 'tax') and asked_amount < 0
    union all
    select source_system, invoice_id, invoice_line_id, event_key, job_key, pool, 'work', asked_amount from lines
    where line_role = 'work' and asked_amount > 0
),

{% for stage, pool in stages %}
    -- Off the work of the job that it names, then off any work of the document, by its share of what is still there.
    {{ stage }}_laid as (
        select
            sides.*,
            sum(sides.amount) over (
                partition by sides.source_system, sides.invoice_id, sides.{{ pool }}, sides.side
                order by sides.invoice_line_id nulls last
                rows between unbounded preceding and current row
            ) as ends_at,
            sum(sides.amount) over (partition by sides.source_system, sides.invoice_id, sides.{{ pool }}, sides.side) as whole_amount
        from {{ 'sides' if loop.first else 'still_there' }} as sides
        where sides.amount > 0 and sides.{{ pool }} <> 'unknown'
    ),

    {{ stage }}_pairs as (
        select
            off_side.event_key as off_key,
            work_side.event_key as work_key,
            least(off_side.ends_at, work_side.whole_amount) as off_to,
            least(off_side.ends_at - off_side.amount, work_side.whole_amount) as off_from,
            work_side.ends_at as work_to,
            work_side.ends_at - work_side.amount as work_from,
            work_side.whole_amount
        from {{ stage }}_laid as off_side
        inner join {{ stage }}_laid as work_side
            on
                off_side.source_system = work_side.source_system
                and off_side.invoice_id = work_side.invoice_id
                and off_side.{{ pool }} = work_side.{{ pool }}
        where off_side.side = 'off' and work_side.side = 'work'
    ),

    {{ stage }} as (
        select
            off_key,
            work_key,
            {{ share('off_to', 'work_to', 'whole_amount') }} - {{ share('off_to', 'work_from', 'whole_amount') }}
            - {{ share('off_from', 'work_to', 'whole_amount') }} + {{ share('off_from', 'work_from', 'whole_amount') }} as amount
        from {{ stage }}_pairs
    ),

    {% if loop.first %}
        taken as (
            select off_key as event_key, amount from by_job
            union all
            select work_key, amount from by_job
        ),

        taken_sums as (
            select event_key, sum(amount) as amount from taken
            group by event_key
        ),

        still_there as (
            select
                sides.source_system, sides.invoice_id, sides.invoice_line_id, sides.event_key, sides.job_key, sides.pool, sides.side,
                sides.amount - coalesce(taken_sums.amount, 0) as amount
            from sides
            left join taken_sums on sides.event_key = taken_sums.event_key
        ),

    {% endif %}
{% endfor %}

both_stages as (
    select * from by_job
    union all
    select * from by_document
),

final as (
    select
        lines.source_system,
        lines.invoice_id,
        lines.invoice_line_id,
        both_stages.off_key,
        both_stages.work_key,
        lines.line_role,
        cast(lines.direction * sum(both_stages.amount) as decimal(18, 2)) as amount
    from both_stages
    inner join lines on both_stages.off_key = lines.event_key
    where both_stages.amount <> 0
    group by
        lines.source_system, lines.invoice_id, lines.invoice_line_id, both_stages.off_key, both_stages.work_key, lines.line_role, lines.direction
)

select * from final
