-- One row per step of a numbering series of sales documents: the numbers between two that follow one another are missing.
with numbered as (
    select
        source_system,
        invoice_id,
        invoice_number,
        issued_on,
        currency,
        coalesce({{ extract_first('trim(invoice_number)', '^(.*?)([0-9]+)$', 1) }}, '') as prefix,
        coalesce({{ extract_first('trim(invoice_number)', '^(.*?)([0-9]+)$', 2) }}, '') as digits
    from {{ ref('cnf_invoices') }}
),

-- Longer numbers would not fit a whole number, and are no series.
readable as (
    select
        numbered.*,
        cast(numbered.digits as bigint) as number,
        years.fiscal_year_number
    from numbered
    left join {{ ref('dim_calendar') }} as years on numbered.issued_on = years.date_on
    where numbered.digits <> '' and length(numbered.digits) <= 15
),

-- A series whose numbers are used again begins anew with each fiscal year.
numbers_of_years as (
    select
        source_system,
        prefix,
        number,
        count(distinct fiscal_year_number) as year_count
    from readable
    group by source_system, prefix, number
),

used_again as (
    select distinct
        source_system,
        prefix
    from numbers_of_years
    where year_count > 1
),

series as (
    select
        readable.*,
        case when used_again.prefix is not null then readable.fiscal_year_number else 0 end as series_year_number
    from readable
    left join used_again on readable.source_system = used_again.source_system and readable.prefix = used_again.prefix
),

steps as (
    select
        *,
        lag(number) over (
            partition by source_system, prefix, series_year_number
            order by number nulls last, invoice_id nulls last
        ) as number_before,
        lag(invoice_number) over (
            partition by source_system, prefix, series_year_number
            order by number nulls last, invoice_id nulls last
        ) as invoice_number_before
    from series
),

settings as (
    select * from {{ ref('int_matching_policy') }}
),

-- A jump is a new series: it is no hole of so many documents.
holes as (
    select
        steps.*,
        settings.numbering_missing_pct,
        case
            when number - coalesce(number_before, number) - 1 between 1 and settings.numbering_jump
                then number - coalesce(number_before, number) - 1
            else 0
        end as missing_count
    from steps
    cross join settings
),

-- Numbers that other documents share are no series of these: many of them are missing. One alone that three documents
-- or more leave out is a hole, however short their series.
dense as (
    select source_system, prefix
    from holes
    group by source_system, prefix
    having
        sum(missing_count) * 100 <= max(numbering_missing_pct) * (count(*) + sum(missing_count))
        or (sum(missing_count) = 1 and count(*) >= 3)
),

missing as (
    select *, {{ each_number('number_before + 1', 'number - 1') }} as missing_number from holes
    where missing_count > 0
    union all
    select *, cast(null as bigint) as missing_number from holes
    where missing_count = 0
),

rules as (
    {{ control_rules('invoice_number_gap') }}
),

examined as (
    select
        case
            when missing.missing_number is null then missing.invoice_number
            else missing.prefix || lpad(cast(missing.missing_number as {{ dbt.type_string() }}), cast(length(missing.digits) as integer), '0')
        end as entity_id,
        missing.source_system,
        missing.issued_on as occurred_on,
        missing.invoice_number_before,
        missing.invoice_number as invoice_number_after,
        missing.issued_on as issued_after_on,
        missing.currency,
        cast(null as decimal(18, 2)) as expected_amount,
        cast(null as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(0 as decimal(18, 2)) as examined_amount,
        'number_not_used' as cause,
        'Find the document between ' || coalesce(missing.invoice_number_before, '') || ' and ' || missing.invoice_number || ' in the ledger'
            as suggested_action,
        missing.missing_number is not null as is_exception
    from missing
    inner join dense on missing.source_system = dense.source_system and missing.prefix = dense.prefix
    inner join rules on {{ in_force('missing.issued_on') }}
    where missing.issued_on <= {{ as_of() }}
),

final as (
    {{ control_rows('invoice_number_gap', 'invoices', evidence=['invoice_number_before', 'invoice_number_after', 'issued_after_on']) }}
)

select * from final
