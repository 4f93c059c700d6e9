-- One row per entity (customer, product, job), measure, rule and probability band: how much rests on links of that kind, and what would
-- stay where it is without them.
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
weakest_customers as (
    select
        customer_key,
        source_system,
        match_rule,
        match_probability
    from links
    qualify row_number() over (
        partition by customer_key, source_system
        order by match_probability asc nulls last, match_rule asc nulls last
    ) = 1
),

products as (
    select
        xref.product_key,
        xref.source_system,
        case when keys.position = 1 then 'own_record' else xref.match_rule end as match_rule,
        case when keys.position = 1 then cast(1 as decimal(9, 6)) else xref.match_probability end as match_probability
    from {{ ref('xref_product') }} as xref
    left join {{ ref('int_product_keys') }} as keys
        on
            xref.source_system = keys.source_system
            and case when xref.source_entity = 'products' then xref.source_id end = keys.product_id
    where xref.product_key <> 'unknown'
),

-- A product is named by an id or by a code: where a system does both, the weakest counts.
weakest_products as (
    select
        product_key,
        source_system,
        match_rule,
        match_probability
    from products
    qualify row_number() over (
        partition by product_key, source_system
        order by match_probability asc nulls last, match_rule asc nulls last
    ) = 1
),

jobs as (
    select * from {{ ref('xref_job') }}
    where job_key <> 'unknown'
),

measured as (
    select
        case when stage in ('booked', 'change_order') then 'booked' else 'invoiced' end as measure,
        customer_key,
        product_key,
        job_key,
        source_system,
        source_entity,
        source_id,
        -- What has no rate has no amount here; a whole company may be so.
        coalesce(reporting_amount, 0) as amount
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order', 'invoiced', 'credited')
    union all
    select
        'open_exceptions',
        customer_key,
        product_key,
        job_key,
        source_system,
        entity,
        entity_id,
        counted_amount
    from {{ ref('fct_exceptions') }}
    where status <> 'resolved'
),

-- What names nothing that is known, or is of a system that keeps none of its own, rests on no link between records.
resting as (
    select
        'customer' as entity,
        measured.measure,
        weakest_customers.match_rule,
        weakest_customers.match_probability,
        measured.customer_key as subject_key,
        measured.amount
    from measured
    left join weakest_customers
        on measured.customer_key = weakest_customers.customer_key and measured.source_system = weakest_customers.source_system
    union all
    select
        'product',
        measured.measure,
        weakest_products.match_rule,
        weakest_products.match_probability,
        measured.product_key,
        measured.amount
    from measured
    left join weakest_products
        on measured.product_key = weakest_products.product_key and measured.source_system = weakest_products.source_system
    union all
    -- A record names its job itself: it rests on its own link.
    select
        'job',
        measured.measure,
        case when jobs.match_rule = 'placeholder' then 'own_record' else jobs.match_rule end,
        jobs.match_probability,
        measured.job_key,
        measured.amount
    from measured
    left join jobs
        on
            measured.source_system = jobs.source_system
            and measured.source_entity = jobs.source_entity
            and measured.source_id = jobs.source_id
            and measured.job_key = jobs.job_key
),

banded as (
    select
        entity,
        measure,
        coalesce(match_rule, 'no_record') as match_rule,
        case
            when coalesce(match_rule, 'no_record') in ('own_record', 'no_record') then 'no link'
            when match_probability >= 0.999 then '0.999 and more'
            when match_probability >= 0.99 then '0.990 to 0.999'
            when match_probability >= 0.95 then '0.950 to 0.990'
            else 'under 0.950'
        end as probability_band,
        min(case
            when coalesce(match_rule, 'no_record') in ('own_record', 'no_record') then 5
            when match_probability >= 0.999 then 4
            when match_probability >= 0.99 then 3
            when match_probability >= 0.95 then 2
            else 1
        end) as band_rank,
        count(distinct subject_key) as subject_count,
        sum(amount) as amount
    from resting
    group by 1, 2, 3, 4
),

final as (
    select
        {{ make_key(['entity', 'measure', 'match_rule', 'probability_band']) }} as match_sensitivity_key,
        entity,
        measure,
        match_rule,
        probability_band,
        cast(subject_count as integer) as subject_count,
        cast(amount as decimal(18, 2)) as amount,
        cast(sum(amount) over (partition by entity, measure) as decimal(18, 2)) as total_amount,
        cast(
            sum(amount) over (partition by entity, measure)
            - sum(case when probability_band = 'no link' then 0 else amount end) over (
                partition by entity, measure
                order by band_rank nulls last
                range between unbounded preceding and current row
            ) as decimal(18, 2)
        ) as amount_if_cut
    from banded
)

select * from final
