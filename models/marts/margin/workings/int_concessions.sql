-- One row per item of billing or cash by which delivered work was given up, or billed too low, with what of it lowers the realised value.
with pieces as (
    select * from {{ ref('fct_bridge') }}
    where
        gap = 'delivered_to_invoiced' and from_amount <> 0
        and reason in ('credit_price', 'credit_goodwill', 'credit_dispute', 'credit_other', 'rebate', 'discount_given', 'rate_variance')
),

answers as (
    select * from {{ ref('int_delivered_to_invoiced') }}
    where from_item_key is not null and to_item_key is not null
),

corrections as (
    select positive_key || '|' || negative_key as item_key, positive_key as line_key, negative_key
    from {{ ref('int_billing_netted') }}
    where reason <> 'voided'
),

-- Of each billed line: what the work that it answers is worth, and what is left of the bill.
lines as (
    select
        line_key,
        sum(work_amount) as work_amount,
        sum(billed_amount) as billed_amount
    from (
        select to_item_key as line_key, from_reporting_amount as work_amount, to_reporting_amount as billed_amount from answers
        where match_rule not in ('corrected', 'advance', 'cancellation')
        union all
        select corrections.line_key, answers.from_reporting_amount, 0
        from answers
        inner join corrections on answers.to_item_key = corrections.item_key
        where answers.match_rule = 'corrected'
    ) as parts
    group by line_key
),

-- What answers a credit, as far as the bill is below the work: a credit may only put a bill right.
given_up as (
    select
        answers.from_item_key,
        corrections.negative_key,
        corrections.line_key,
        least(answers.from_reporting_amount, answers.to_reporting_amount) as amount,
        greatest(lines.work_amount - lines.billed_amount, 0) as capped_amount,
        sum(least(answers.from_reporting_amount, answers.to_reporting_amount)) over (
            partition by corrections.line_key
            order by corrections.negative_key nulls last, answers.from_item_key nulls last, corrections.item_key nulls last
            rows between unbounded preceding and current row
        ) as running_amount
    from answers
    inner join corrections on answers.to_item_key = corrections.item_key
    inner join lines on corrections.line_key = lines.line_key
    where answers.match_rule = 'corrected'
),

conceded as (
    select
        from_item_key,
        negative_key,
        sum(least(running_amount, capped_amount) - least(running_amount - amount, capped_amount)) as amount
    from given_up
    group by from_item_key, negative_key
),

work as (
    select
        pieces.bridge_item_key as evidence_key,
        case when pieces.reason = 'rate_variance' then 'discount_after_quote' else 'concession' end as effect,
        case
            when pieces.reason = 'rate_variance' then 'billed_short'
            when pieces.reason = 'discount_given' then 'invoice_discount'
            else 'credit'
        end as kind,
        pieces.job_key,
        pieces.product_key,
        coalesce(pieces.to_on, pieces.from_on) as effect_on,
        pieces.reason,
        pieces.gap_class,
        pieces.from_event_key,
        pieces.to_event_key,
        case
            when pieces.reason = 'rate_variance' or pieces.match_rule <> 'corrected' then pieces.from_amount
            else least(pieces.from_amount, coalesce(conceded.amount, 0))
        end as amount
    from pieces
    left join conceded on pieces.from_event_key = conceded.from_item_key and pieces.to_event_key = conceded.negative_key
    left join {{ ref('int_job_terms') }} as terms on pieces.job_key = terms.job_key
    where pieces.reason <> 'rebate' or coalesce(terms.job_type, '') not in ('placement', 'permanent_placement')
),

-- What a payer took off at paying, and what was written off because of its price.
settled as (
    select
        {{ make_key(["'concession'", 'lines.source_system', 'lines.application_id', 'lines.reason', 'lines.item_key']) }} as evidence_key,
        case
            when lines.reason <> 'write_off' or lower(trim(applications.reason)) in ('price', 'dispute') then 'concession'
        end as effect,
        case when lines.reason = 'write_off' then 'write_off' else 'settlement_discount' end as kind,
        events.job_key,
        events.product_key,
        settlements.applied_on as effect_on,
        lines.reason,
        reasons.gap_class,
        lines.item_key as from_event_key,
        cast(null as {{ dbt.type_string() }}) as to_event_key,
        lines.settled_reporting_amount as amount
    from {{ ref('int_settled_lines') }} as lines
    inner join {{ ref('int_settlements') }} as settlements
        on
            lines.source_system = settlements.source_system
            and lines.application_id = settlements.application_id
            and lines.reason = settlements.reason
    inner join {{ ref('fct_stage_events') }} as events on lines.item_key = events.event_key
    inner join {{ ref('bridge_reasons') }} as reasons on lines.reason = reasons.reason
    left join {{ ref('cnf_payment_applications') }} as applications
        on lines.source_system = applications.source_system and lines.application_id = applications.application_id
    where lines.reason in ('settlement_discount', 'discount_taken', 'write_off') and not settlements.is_reversed
),

final as (
    select
        evidence_key, effect, kind, job_key, product_key, effect_on, reason, gap_class, from_event_key, to_event_key,
        cast(-amount as decimal(18, 2)) as value_amount
    from work
    where amount <> 0
    union all
    select
        evidence_key, effect, kind, job_key, product_key, effect_on, reason, gap_class, from_event_key, to_event_key,
        cast(-amount as decimal(18, 2))
    from settled
    where amount <> 0
)

select * from final
