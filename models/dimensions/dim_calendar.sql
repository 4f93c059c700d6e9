-- One row per day, from the first to the last year that any record names.
with final as (
    select
        date_on,
        year_number,
        quarter_number,
        month_number,
        month_starts_on,
        month_ends_on,
        week_starts_on,
        weekday_number,
        fiscal_year_number,
        fiscal_quarter_number,
        fiscal_month_number,
        year_month,
        is_weekend
    from {{ ref('int_calendar') }}
)

select * from final
