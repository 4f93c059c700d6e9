-- One row per line of a posted invoice or credit note, or part of one that asks for what was held back: its share of what is paid.
with lines as (
    select * from {{ ref('int_invoice_values') }}
    where is_posted
),

-- What other lines take off a line of work, and what of such a line found no work to take it off. Net is taken off net, and its tax off tax.
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

releases as (
    select
        *,
        sum(amount) over (
            partition by release_key
            order by work_key nulls last
            rows between unbounded preceding and current row
        ) as ends_at
    from (
        select release_key, work_key, sum(amount) as amount
        from {{ ref('int_held_releases') }}
        group by release_key, work_key
    ) as parts
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
