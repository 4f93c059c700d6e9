-- One row per line of billed work that stands on the day of the position, with the job that it names, its product and delivery.
with lines as (
    select * from {{ ref('int_live_document_lines') }}
),

-- Retention, tax withheld, deposits and costs passed on settle the receivable; no work is billed by them.
final as (
    select * from lines
    where line_role = 'work'
)

select * from final
