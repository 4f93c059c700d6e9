-- One row per job whose deal said what it takes: hours worked that are not those planned and agreed on top, another
-- order than was sold, or, where no hours were planned, more or less than was sold in the end.
with jobs as (
    select * from {{ ref('int_job_terms') }}
    where
        completed_on <= {{ as_of() }}
        -- A placement ends when it ends: its hours are agreed week by week.
        and job_type not in ('placement', 'permanent_placement')
),

-- Deals with several jobs plan for all of them together.
single as (
    select deal_key from {{ ref('int_job_terms') }}
    where status <> 'cancelled'
    group by deal_key
    having count(*) = 1
),

planned as (
    select
        {{ make_key(['source_system', 'deal_id']) }} as deal_key,
        sum(planned_hours) as planned_hours
    from {{ ref('cnf_deal_lines') }}
    group by {{ make_key(['source_system', 'deal_id']) }}
    having sum(planned_hours) > 0
),

-- A change says its hours, or more of what is sold by time, in its own unit, else in that of what it changes.
changed as (
    select
        change_values.job_key,
        sum(
            coalesce(
                nullif(orders.hours_delta, 0),
                case when units.base_unit = 'hour' then {{ in_base_unit('change_values.quantity', 'units.base_quantity') }} end,
                0
            )
        ) as changed_hours
    from {{ ref('int_change_order_values') }} as change_values
    inner join {{ ref('cnf_change_orders') }} as orders
        on change_values.source_system = orders.source_system and change_values.source_id = orders.change_order_id
    left join {{ ref('unit_conversions') }} as units on change_values.unit = units.unit
    where change_values.left_out_reason is null and change_values.event_on <= {{ as_of() }}
    group by change_values.job_key
),

worked as (
    select
        deliveries.job_key,
        sum(deliveries.base_quantity) as worked_hours
    from {{ ref('int_delivery_terms') }} as deliveries
    where
        deliveries.delivery_type = 'time' and deliveries.status = 'approved' and deliveries.base_unit = 'hour'
        and deliveries.delivered_on <= {{ as_of() }}
    group by deliveries.job_key
),

costs as (
    select
        job_key,
        sum(reporting_amount) as cost_amount
    from {{ ref('fct_stage_events') }}
    where valuation_rule in ('labour', 'pay_item')
    group by job_key
),

rules as (
    {{ control_rules('quote_scope_variance') }}
),

compared as (
    select
        jobs.*,
        cast(planned.planned_hours + coalesce(changed.changed_hours, 0) as decimal(18, 6)) as quoted_hours,
        cast(worked.worked_hours as decimal(18, 6)) as worked_hours,
        cast(coalesce(costs.cost_amount, 0) as decimal(18, 2)) as cost_amount
    from jobs
    inner join single on jobs.deal_key = single.deal_key
    inner join planned on jobs.deal_key = planned.deal_key
    left join changed on jobs.job_key = changed.job_key
    inner join worked on jobs.job_key = worked.job_key
    left join costs on jobs.job_key = costs.job_key
),

-- The hours beyond the quote, at what an hour of the job cost.
valued as (
    select
        *,
        coalesce({{ share('cost_amount', 'worked_hours - quoted_hours', 'worked_hours') }}, 0) as beyond_amount
    from compared
),

hours as (
    select
        valued.job_id as entity_id,
        valued.source_system,
        valued.job_key,
        valued.completed_on as occurred_on,
        valued.quoted_hours,
        valued.worked_hours,
        '{{ var("reporting_currency") }}' as currency,
        cast(valued.cost_amount - valued.beyond_amount as decimal(18, 2)) as expected_amount,
        valued.cost_amount as actual_amount,
        valued.beyond_amount as at_risk_amount,
        case when valued.worked_hours > valued.quoted_hours then 'more_hours_than_quoted' else 'fewer_hours_than_quoted' end as cause,
        'Quoted were ' || {{ number_in_words('valued.quoted_hours') }}
        || ' hours, worked ' || {{ number_in_words('valued.worked_hours') }} || ': agree a change, and correct the estimate'
            as suggested_action,
        {{ beyond_tolerance('valued.worked_hours - valued.quoted_hours', 'valued.quoted_hours') }} as is_exception
    from valued
    inner join rules on {{ in_force('valued.completed_on') }}
),

orders as (
    select
        quotes.job_id as entity_id,
        quotes.source_system,
        quotes.job_key,
        quotes.sold_on as occurred_on,
        cast(null as decimal(18, 6)) as quoted_hours,
        cast(null as decimal(18, 6)) as worked_hours,
        quotes.currency,
        quotes.quoted_amount as expected_amount,
        quotes.ordered_amount as actual_amount,
        quotes.beyond_amount as at_risk_amount,
        case when quotes.beyond_amount > 0 then 'ordered_more_than_quoted' else 'ordered_less_than_quoted' end as cause,
        'Sold were ' || quotes.quoted_amount || ', ordered ' || quotes.ordered_amount || ': agree a change order, or correct the order'
            as suggested_action,
        -- What was delivered as sold in the end is no other scope, whatever the order still says.
        {{ beyond_tolerance('quotes.beyond_amount', 'quotes.quoted_amount') }}
        and not (quotes.is_complete and not {{ beyond_tolerance('quotes.delivered_amount - quotes.quoted_amount', 'quotes.quoted_amount') }})
            as is_exception
    from {{ ref('int_order_quotes') }} as quotes
    inner join rules on {{ in_force('quotes.sold_on') }}
),

-- What was sold by the hour or the piece, and closed with more or less of it; prices apart.
scopes as (
    select
        job_key,
        sum(from_amount) as quoted_amount,
        sum(case when reason in ('under_delivered', 'over_delivery') then to_amount - from_amount else 0 end) as beyond_amount
    from {{ ref('fct_bridge') }}
    where gap = 'contracted_to_delivered'
    group by job_key
),

closed as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        jobs.job_key,
        jobs.completed_on as occurred_on,
        cast(null as decimal(18, 6)) as quoted_hours,
        cast(null as decimal(18, 6)) as worked_hours,
        '{{ var("reporting_currency") }}' as currency,
        cast(scopes.quoted_amount as decimal(18, 2)) as expected_amount,
        cast(scopes.quoted_amount + scopes.beyond_amount as decimal(18, 2)) as actual_amount,
        cast(scopes.beyond_amount as decimal(18, 2)) as at_risk_amount,
        case when scopes.beyond_amount > 0 then 'delivered_more_than_quoted' else 'delivered_less_than_quoted' end as cause,
        'Sold were ' || cast(scopes.quoted_amount as decimal(18, 2)) || ', delivered '
        || cast(scopes.quoted_amount + scopes.beyond_amount as decimal(18, 2)) || ': agree a change order, or correct the estimate of such jobs'
            as suggested_action,
        {{ beyond_tolerance('scopes.beyond_amount', 'scopes.quoted_amount') }} as is_exception
    from jobs
    inner join single on jobs.deal_key = single.deal_key
    inner join scopes on jobs.job_key = scopes.job_key
    left join planned on jobs.deal_key = planned.deal_key
    inner join rules on {{ in_force('jobs.completed_on') }}
    where
        jobs.job_type = 'time_and_materials'
        and planned.deal_key is null
        and scopes.quoted_amount > 0
        -- Where nothing was recorded, that is missing, and no other scope.
        and scopes.quoted_amount + scopes.beyond_amount > 0
),

all_kinds as (
    select *, 1 as rank from hours
    union all
    select *, 2 as rank from orders
    union all
    select *, 3 as rank from closed
),

-- A job is one case, whichever of the three shows it.
examined as (
    select
        *,
        actual_amount as examined_amount
    from all_kinds
    qualify row_number() over (
        partition by source_system, entity_id
        order by is_exception desc nulls last, rank nulls last, currency nulls last
    ) = 1
),

final as (
    {{ control_rows('quote_scope_variance', 'jobs', has=['job_key'],
        evidence=['quoted_hours', 'worked_hours', 'actual_amount', 'currency']) }}
)

select * from final
