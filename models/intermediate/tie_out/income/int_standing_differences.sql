-- One row per tie-out, ledger, month end and document whose difference arose there and stands to the last month end:
-- what is new of it.
with month_ends as (
    select distinct month_ends_on from {{ ref('int_calendar') }}
    where month_ends_on <= {{ as_of() }}
),

-- How many month ends there are from each to the last one.
counted_ends as (
    select month_ends_on, row_number() over (order by month_ends_on desc nulls last) as ends_left from month_ends
),

-- What of a document's difference stands from a month end to the last one: it differs at each, to the same side.
standing as (
    select
        documents.*,
        counted_ends.ends_left,
        count(*) over from_here as rows_left,
        min(documents.difference_amount * documents.last_sign) over from_here as least_amount
    from (
        select
            *,
            cast(sign(last_value(difference_amount) over (
                partition by control_id, source_system, document_type, document_id order by month_ends_on nulls last
                rows between unbounded preceding and unbounded following
            )) as decimal(1, 0)) as last_sign
        from {{ ref('int_tie_out_documents') }}
        where cause <> 'rate_missing' and abs(difference_amount) > 0.01
    ) as documents
    inner join counted_ends on documents.month_ends_on = counted_ends.month_ends_on
    window from_here as (
        partition by documents.control_id, documents.source_system, documents.document_type, documents.document_id
        order by documents.month_ends_on nulls last rows between current row and unbounded following
    )
),

lasting as (
    select
        *,
        last_sign * case when rows_left = ends_left then greatest(least_amount, 0) else 0 end as lasting_amount
    from standing
),

changes as (
    select
        control_id,
        source_system,
        month_ends_on,
        document_type,
        document_id,
        lasting_amount - lag(lasting_amount, 1, cast(0 as decimal(18, 2))) over (
            partition by control_id, source_system, document_type, document_id order by month_ends_on nulls last
        ) as new_amount
    from lasting
),

final as (
    select * from changes
    where new_amount <> 0
)

select * from final
