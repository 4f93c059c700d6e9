-- One row per day, from the first to the last year that any record names.
with named as (
    {% for entity, column in [
        ('deals', 'created_on'), ('deals', 'won_on'), ('deals', 'service_ends_on'), ('contracts', 'starts_on'), ('contracts', 'ends_on'),
        ('jobs', 'started_on'), ('jobs', 'planned_end_on'), ('deliveries', 'delivered_on'), ('costs', 'incurred_on'),
        ('change_orders', 'approved_on'), ('invoices', 'issued_on'), ('invoices', 'due_on'), ('invoices', 'voided_on'),
        ('payments', 'received_on'), ('payment_applications', 'applied_on'), ('pay_items', 'paid_on'), ('journal_lines', 'posted_on'),
    ] %}
        select min({{ column }}) as first_on, max({{ column }}) as last_on from {{ ref('cnf_' ~ entity) }}
        union all
    {% endfor %}
    select {{ as_of() }}, {{ as_of() }}
),

-- A mistyped year (0202, 9999) doesn't make the calendar longer than `calendar_years` on either side of the position's own.
span as (
    select
        greatest(min(first_on), cast(extract(year from {{ as_of() }}) - {{ var('calendar_years', 15) }} || '-01-01' as date)) as first_on,
        least(max(last_on), cast(extract(year from {{ as_of() }}) + {{ var('calendar_years', 15) }} || '-12-31' as date)) as last_on
    from named
),

days as (
    select
        {{ each_day(
            "cast(extract(year from first_on) || '-01-01' as date)",
            "cast(extract(year from last_on) || '-12-31' as date)",
        ) }} as date_on
    from span
),

-- The fiscal year is named after the calendar year in which it ends.
fiscal as (
    select
        date_on,
        cast(extract(year from date_on) as integer) as year_number,
        cast(extract(month from date_on) as integer) as month_number,
        mod(cast(extract(month from date_on) as integer) - {{ var('fiscal_year_starts_in_month', 1) }} + 12, 12) + 1 as fiscal_month_number
    from days
),

final as (
    select
        date_on,
        year_number,
        cast(floor((month_number + 2) / 3) as integer) as quarter_number,
        month_number,
        cast({{ dbt.date_trunc('month', 'date_on') }} as date) as month_starts_on,
        cast({{ dbt.last_day('date_on', 'month') }} as date) as month_ends_on,
        cast({{ dbt.date_trunc('week', 'date_on') }} as date) as week_starts_on,
        cast({{ weekday('date_on') }} as integer) as weekday_number,
        year_number + case when month_number - fiscal_month_number >= 1 then 1 else 0 end as fiscal_year_number,
        cast(floor((fiscal_month_number + 2) / 3) as integer) as fiscal_quarter_number,
        fiscal_month_number,
        cast(year_number as {{ dbt.type_string() }}) || '-' || lpad(cast(month_number as {{ dbt.type_string() }}), 2, '0') as year_month,
        {{ weekday('date_on') }} >= 6 as is_weekend
    from fiscal
)

select * from final
