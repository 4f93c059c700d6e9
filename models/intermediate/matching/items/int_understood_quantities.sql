-- One row per booking, change order or invoice line without a unit whose quantity can be understood: in base units, by what it costs there.
with deliveries as (
    select * from {{ ref('int_delivery_work') }}
    where is_counted and job_key is not null
),

-- Of a job, product and currency: the unit that a record without one is understood in, and what it costs.
summed as (
    select
        job_key,
        product_key,
        currency,
        count(distinct coalesce(source_unit, 'none')) as source_unit_count,
        min(coalesce(source_unit, 'none')) as source_unit,
        count(distinct base_unit) as base_unit_count,
        min(base_unit) as base_unit,
        count(distinct base_quantity) as base_quantity_count,
        min(base_quantity) as base_quantity,
        {% for unit in ['day', 'week', 'month'] %}
            case when count(distinct coalesce({{ unit }}_quantity, 0)) = 1 then min({{ unit }}_quantity) end as {{ unit }}_quantity,
        {% endfor %}
        count(distinct coalesce(day_quantity, 0)) > 1 or count(distinct coalesce(week_quantity, 0)) > 1 as has_several_times,
        cast(sum(document_amount) as decimal(38, 2)) as document_amount,
        cast(sum(quantity) as decimal(38, 6)) as quantity
    from deliveries
    group by job_key, product_key, currency
),

understood_units as (
    select
        summed.job_key,
        summed.product_key,
        summed.currency,
        summed.base_unit,
        cast(case when summed.source_unit_count = 1 and summed.base_quantity_count = 1 then summed.base_quantity else 1 end as decimal(18, 6))
            as base_quantity,
        summed.day_quantity,
        summed.week_quantity,
        summed.month_quantity,
        summed.has_several_times,
        summed.document_amount,
        summed.quantity
    from summed
    where summed.base_unit_count = 1
),

settings as (
    select * from {{ ref('int_matching_policy') }}
),

jobs as (
    select job_key from {{ ref('int_job_terms') }}
    where job_type not in ('fixed_price', 'permanent_placement')
),

events as (
    {% for model in ['int_booked_values', 'int_placement_bookings', 'int_change_order_values', 'int_invoice_values'] %}
        select
            event_key as item_key, stage, job_key, product_key, currency, event_on,
            cast(quantity as decimal(18, 6)) as quantity, cast(document_amount as decimal(18, 2)) as document_amount, source_system, source_id
        from {{ ref(model) }}
        where
            left_out_reason is null and event_on <= {{ as_of() }}
            and stage <> 'credited' and valuation_rule <> 'voided'
            and quantity > 0 and document_amount >= 0
            and (stage = 'invoiced' or unit is null)
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A line speaks by its unit price, before its discount.
asking as (
    select
        events.item_key,
        events.stage,
        events.job_key,
        events.product_key,
        events.currency,
        events.quantity,
        coalesce(lines.period_ends_on, events.event_on) as asked_on,
        coalesce({{ extended('events.quantity', 'lines.unit_price') }}, events.document_amount) as document_amount
    from events
    inner join jobs on events.job_key = jobs.job_key
    left join {{ ref('cnf_invoice_lines') }} as lines
        on events.source_system = lines.source_system and case when events.stage = 'invoiced' then events.source_id end = lines.invoice_line_id
),

-- Where the working time changed, a line bills days as long as those last worked by then; where they differ among people, nobody can tell.
last_worked as (
    select
        asking.item_key,
        deliveries.day_quantity,
        deliveries.week_quantity,
        deliveries.month_quantity
    from asking
    inner join understood_units as understood
        on asking.job_key = understood.job_key and asking.product_key = understood.product_key and asking.currency = understood.currency
    inner join deliveries
        on understood.job_key = deliveries.job_key and understood.product_key = deliveries.product_key and understood.currency = deliveries.currency
    where understood.has_several_times and deliveries.event_on <= asking.asked_on
    qualify rank() over (partition by asking.item_key order by deliveries.event_on desc nulls last) = 1
),

times as (
    select
        item_key,
        case when count(distinct coalesce(day_quantity, 0)) = 1 then min(day_quantity) end as day_quantity,
        case when count(distinct coalesce(week_quantity, 0)) = 1 then min(week_quantity) end as week_quantity,
        case when count(distinct coalesce(month_quantity, 0)) = 1 then min(month_quantity) end as month_quantity
    from last_worked
    group by item_key
),

named as (
    select
        lines.item_key,
        deliveries.currency,
        deliveries.base_unit,
        deliveries.base_quantity,
        deliveries.day_quantity,
        deliveries.week_quantity,
        deliveries.month_quantity,
        deliveries.document_amount,
        deliveries.quantity
    from {{ ref('int_named_deliveries') }} as lines
    inner join {{ ref('int_delivery_work') }} as deliveries on lines.delivery_key = deliveries.item_key
    where deliveries.is_counted
),

-- The delivery that a line names says what it is counted in, else the job's deliveries of that product do.
-- Another currency can't be compared, nor what was sold for nothing: these are taken at their word. A line for nothing is often only a text.
compared as (
    select
        asking.item_key,
        asking.quantity,
        asking.document_amount,
        coalesce(named.base_unit, understood.base_unit) as base_unit,
        coalesce(named.base_quantity, understood.base_quantity) as base_quantity,
        case when named.item_key is null then coalesce(understood.day_quantity, times.day_quantity) else named.day_quantity end as day_quantity,
        case when named.item_key is null then coalesce(understood.week_quantity, times.week_quantity) else named.week_quantity end as week_quantity,
        case when named.item_key is null then coalesce(understood.month_quantity, times.month_quantity) else named.month_quantity end
            as month_quantity,
        case
            when named.currency <> asking.currency or (asking.stage <> 'invoiced' and asking.document_amount = 0) then 0
            else coalesce(named.document_amount, understood.document_amount)
        end as priced_amount,
        coalesce(named.quantity, understood.quantity) as priced_quantity
    from asking
    left join named on asking.item_key = named.item_key
    left join times on asking.item_key = times.item_key
    left join understood_units as understood
        on
            asking.job_key = understood.job_key
            and asking.product_key = understood.product_key
            and asking.currency = understood.currency
),

judged as (
    select
        compared.*,
        settings.price_plausibility,
        {{ is_plausible_price('compared.base_quantity') }} as is_plausible
    from compared
    cross join settings
    where compared.base_unit is not null
),

-- Hours may be billed by the day: another unit of the same kind, if its price fits. A day has the hours that it has for the work.
other_units as (
    select
        judged.*,
        {{ unit_quantity('units.unit', 'units.base_quantity', 'judged') }} as other_quantity
    from judged
    inner join {{ ref('unit_conversions') }} as units on judged.base_unit = units.base_unit
    where not judged.is_plausible
),

converted as (
    select
        item_key,
        base_unit,
        other_quantity as base_quantity,
        quantity
    from other_units
    where {{ is_plausible_price('other_quantity', 'other_units') }}
    qualify row_number() over (partition by item_key order by other_quantity nulls last) = 1
),

final as (
    select item_key, base_unit, {{ in_base_unit('quantity', 'base_quantity') }} as quantity from judged
    where is_plausible
    union all
    select item_key, base_unit, {{ in_base_unit('quantity', 'base_quantity') }} as quantity from converted
)

select * from final
