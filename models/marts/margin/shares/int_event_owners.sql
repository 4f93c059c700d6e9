-- One row per event and person who is credited for it: by the owner of its day, or of the work and bills that it
-- answers.
with events as (
    select event_key, stage, deal_key, job_key, customer_key, event_on from {{ ref('fct_stage_events') }}
),

own_days as (
    select
        events.event_key,
        events.stage,
        owners.person_key,
        owners.attribution_rule,
        cast(owners.share_bp as decimal(38, 6)) as weight
    from events
    inner join {{ ref('int_day_owners') }} as owners
        on
            events.deal_key = owners.deal_key
            and events.job_key = owners.job_key
            and events.customer_key = owners.customer_key
            and events.event_on = owners.day
),

pieces as (
    select * from {{ ref('fct_bridge') }}
),

-- What an invoice line or a posting answers: the delivery.
answered as (
    select to_event_key as event_key, from_event_key as answered_key, sum(abs(to_amount)) as amount
    from pieces
    where gap in ('delivered_to_invoiced', 'delivered_to_recognised') and to_amount <> 0 and from_event_key is not null
    group by to_event_key, from_event_key
    union all
    -- What a credit gives up: the delivery that is not billed any more.
    select to_event_key, from_event_key, sum(abs(from_amount))
    from pieces
    where gap in ('delivered_to_invoiced', 'delivered_to_recognised') and match_rule = 'corrected' and from_amount <> 0 and to_event_key is not null
    group by to_event_key, from_event_key
),

weighed as (
    select
        answered.event_key,
        own_days.person_key,
        min(own_days.attribution_rule) as attribution_rule,
        sum(cast(answered.amount as decimal(38, 2)) * own_days.weight) as weight
    from answered
    inner join own_days on answered.answered_key = own_days.event_key
    group by answered.event_key, own_days.person_key
),

-- In basis points, so that the product of a bill's amount and its work's stays a number of 38 digits.
of_work as (
    select
        event_key,
        person_key,
        attribution_rule,
        {{ quantity_share('10000', 'weight', 'sum(weight) over (partition by event_key)') }} as weight
    from weighed
),

-- A credit that gives up no work, and cash, follow the line of the bill.
of_bills as (
    select
        bills.event_key,
        of_work.person_key,
        min(of_work.attribution_rule) as attribution_rule,
        sum(cast(bills.amount as decimal(38, 2)) * of_work.weight) as weight
    from (
        select to_event_key as event_key, related_event_key as line_key, sum(abs(to_amount)) as amount
        from pieces
        where gap = 'delivered_to_invoiced' and to_amount < 0 and related_event_key is not null
        group by to_event_key, related_event_key
        union all
        select to_event_key, from_event_key, sum(abs(to_amount))
        from pieces
        where gap = 'invoiced_to_cash' and to_amount <> 0 and from_event_key is not null
        group by to_event_key, from_event_key
    ) as bills
    inner join of_work on bills.line_key = of_work.event_key
    group by bills.event_key, of_work.person_key
),

credited as (
    select event_key, person_key, attribution_rule, weight, false as is_inherited
    from own_days
    where
        stage in ('booked', 'change_order', 'delivered', 'cost')
        or (
            not exists (select 1 from of_work where own_days.event_key = of_work.event_key)
            and not exists (select 1 from of_bills where own_days.event_key = of_bills.event_key)
        )
    union all
    select event_key, person_key, attribution_rule, weight, true
    from of_work
    union all
    select event_key, person_key, attribution_rule, weight, true
    from of_bills
    where not exists (select 1 from of_work where of_bills.event_key = of_work.event_key)
),

-- Shares are cut from the largest on.
final as (
    select
        event_key,
        person_key,
        attribution_rule,
        weight,
        sum(weight) over (
            partition by event_key order by weight desc nulls last, person_key nulls last
            rows between unbounded preceding and current row
        ) as running_weight,
        sum(weight) over (partition by event_key) as whole_weight,
        is_inherited
    from credited
)

select * from final
