-- One row per invoice line without a job and job whose open work is worth what the line, or its invoice, asks for.
with lines as (
    select * from {{ ref('int_lines_without_job') }}
),

work as (
    select * from {{ ref('int_open_work') }}
),

asked as (
    select *, document_amount as asked_amount from lines
    union all
    select *, invoice_amount from lines
    where invoice_amount <> document_amount
),

-- Equal amounts of one customer and currency, delivered within the window before the document.
found as (
    select
        asked.source_system,
        asked.invoice_line_id,
        work.job_key,
        work.kind,
        work.first_on,
        work.last_on,
        work.delivery_count,
        work.document_amount
    from asked
    inner join work
        on
            asked.legal_entity = work.legal_entity
            and asked.customer_key = work.customer_key
            and asked.currency = work.currency
            and asked.asked_amount = work.document_amount
    where
        work.last_on between {{ plus_days('asked.event_on', '-' ~ var('job_window_days', 45)) }} and asked.event_on
        -- What names several jobs can only be one of these.
        and (asked.candidates is null or asked.candidates like '%' || work.job_key || '%')
),

-- One delivery says more than a sum of several, and a small sum more than a large one.
final as (
    select
        source_system,
        invoice_line_id,
        job_key,
        case when kind = 'delivery' then 'amount_of_delivery' else 'amount_of_deliveries' end as match_rule,
        kind,
        first_on,
        last_on,
        delivery_count,
        document_amount
    from found
    qualify row_number() over (
        partition by source_system, invoice_line_id, job_key
        order by delivery_count nulls last, last_on desc nulls last, first_on desc nulls last, kind nulls last
    ) = 1
)

select * from final
