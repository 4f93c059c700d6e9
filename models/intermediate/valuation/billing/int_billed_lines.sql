-- One row per line of a posted invoice or credit note: with what it settles, and turned so that what the document asks for is positive.
with final as (
    select
        *,
        case when stage = 'credited' then -1 else 1 end as direction,
        case when stage = 'credited' then -document_amount else document_amount end as asked_amount
    from {{ ref('int_invoice_values') }}
    where valuation_rule <> 'voided' and (left_out_reason is null or left_out_reason = line_role)
)

select * from final
