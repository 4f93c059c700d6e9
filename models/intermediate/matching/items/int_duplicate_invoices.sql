-- One row per invoice that is a second copy of another: alike, within days, and no second delivery answers it.
with settings as (
    select * from {{ ref('int_matching_policy') }}
),

suspects as (
    select * from {{ ref('int_alike_invoices') }}
),

-- How much work is there for the suspects of a day and never needed by another bill later.
roomy as (
    select
        *,
        greatest(min(balance) over (
            partition by scope_key
            order by day nulls last, kind nulls last, item_key nulls last
            rows between current row and unbounded following
        ), 0) as room
    from {{ ref('int_alike_work') }}
),

-- The suspects of one work are served in order; one that finds too little work takes what there is.
served as (
    select
        *,
        sum(document_amount) over (
            partition by scope_key
            order by day nulls last, item_key nulls last
            rows between unbounded preceding and current row
        ) as asked_until
    from roomy
    where kind = 2
),

filled as (
    select
        *,
        least(asked_until, asked_until + min(room - asked_until) over (
            partition by scope_key
            order by day nulls last, item_key nulls last
            rows between unbounded preceding and current row
        )) as answered_until
    from served
),

answers as (
    select
        source_system,
        invoice_id,
        document_amount,
        answered_until - coalesce(lag(answered_until) over (
            partition by scope_key
            order by day nulls last, item_key nulls last
        ), 0) as answered_amount
    from filled
),

answered as (
    select
        answers.source_system,
        answers.invoice_id,
        min(case
            when answers.answered_amount >= {{ percent_of('settings.duplicate_answered_pct', 'answers.document_amount') }} then 1
            else 0
        end) = 1 as is_answered,
        count(*) as line_count
    from answers
    cross join settings
    group by answers.source_system, answers.invoice_id
),

line_counts as (
    select
        source_system,
        invoice_id,
        count(*) as line_count
    from {{ ref('int_invoice_values') }}
    where stage = 'invoiced' and valuation_rule <> 'voided' and left_out_reason is null and document_amount > 0
    group by source_system, invoice_id
),

final as (
    select
        suspects.source_system,
        suspects.invoice_id,
        suspects.original_invoice_id,
        suspects.match_rule
    from suspects
    left join answered on suspects.source_system = answered.source_system and suspects.invoice_id = answered.invoice_id
    left join line_counts on suspects.source_system = line_counts.source_system and suspects.invoice_id = line_counts.invoice_id
    where not coalesce(answered.is_answered, false) or answered.line_count < line_counts.line_count
)

select * from final
