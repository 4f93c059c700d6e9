-- One row per measure, rule and probability band: how much rests on links of that kind, and what would stay where it is without them.
with keys as (
    select * from {{ ref('int_customer_keys') }}
),

xref as (
    select * from {{ ref('xref_customer') }}
    where source_entity = 'customers'
),

-- The record that speaks for a customer keeps its key whatever is cut: nothing of it rests on a link.
links as (
    select
        keys.customer_key,
        keys.source_system,
        case when keys.position = 1 then 'own_record' else xref.match_rule end as match_rule,
        case when keys.position = 1 then cast(1 as decimal(9, 6)) else xref.match_probability end as match_probability
    from keys
    inner join xref on keys.source_system = xref.source_system and keys.customer_id = xref.source_id
),

-- A document names its customer inside its system: where that holds several records of one customer, it rests on the weakest of them.
weakest as (
    select
        customer_key,
        source_system,
        match_rule,
        match_probability
    from links
    qualify row_number() over (partition by customer_key, source_system order by match_probability asc nulls last, match_rule asc) = 1
),

measured as (
    select
        case when stage in ('booked', 'change_order') then 'booked' else 'invoiced' end as measure,
        customer_key,
        source_system,
        reporting_amount as amount
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order', 'invoiced', 'credited')
    union all
    select
        'open_exceptions',
        customer_key,
        source_system,
        counted_amount
    from {{ ref('fct_exceptions') }}
    where status <> 'resolved'
),

resting as (
    select
        measured.measure,
        -- What names no customer that is known, or is of a system that keeps none of its own, rests on no link between records.
        coalesce(weakest.match_rule, 'no_record') as match_rule,
        coalesce(weakest.match_probability, 1) as match_probability,
        measured.customer_key,
        measured.amount
    from measured
    left join weakest on measured.customer_key = weakest.customer_key and measured.source_system = weakest.source_system
),

banded as (
    select
        measure,
        match_rule,
        case
            when match_rule in ('own_record', 'no_record') then 'no link'
            when match_probability >= 0.999 then '0.999 and more'
            when match_probability >= 0.99 then '0.990 to 0.999'
            when match_probability >= 0.95 then '0.950 to 0.990'
            else 'under 0.950'
        end as probability_band,
        min(case
            when match_rule in ('own_record', 'no_record') then 5
            when match_probability >= 0.999 then 4
            when match_probability >= 0.99 then 3
            when match_probability >= 0.95 then 2
            else 1
        end) as band_rank,
        count(distinct customer_key) as customer_count,
        sum(amount) as amount
    from resting
    group by 1, 2, 3
),

final as (
    select
        {{ make_key(['measure', 'match_rule', 'probability_band']) }} as match_sensitivity_key,
        measure,
        match_rule,
        probability_band,
        cast(customer_count as integer) as customer_count,
        cast(amount as decimal(18, 2)) as amount,
        cast(sum(amount) over (partition by measure) as decimal(18, 2)) as total_amount,
        cast(
            sum(amount) over (partition by measure)
            - sum(case when probability_band = 'no link' then 0 else amount end) over (
                partition by measure
                order by band_rank
                range between unbounded preceding and current row
            ) as decimal(18, 2)
        ) as amount_if_cut
    from banded
)

select * from final
