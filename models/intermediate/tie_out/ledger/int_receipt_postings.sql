-- One row per receipt that brought cash, and one more where it was reversed, in the ledger's base currency, as it should have been posted to cash.
with rates as (
    select * from {{ ref('int_document_rates') }}
    where document_kind = 'receipt'
),

before_the_books as (
    select * from {{ ref('int_before_the_books') }}
    where document_kind = 'receipt'
),

-- What came in before the books began stands in the balance that opened them.
final as (
    select
        turns.source_system,
        turns.payment_id,
        case when turns.valuation_rule = 'receipt_reversed' then 'reversed' else 'received' end as turn,
        turns.event_on as posted_on,
        rates.base_rate,
        {{ converted('turns.document_amount', 'rates.base_rate') }} as amount
    from {{ ref('int_receipt_values') }} as turns
    inner join rates on turns.source_system = rates.source_system and turns.payment_id = rates.document_id
    left join before_the_books
        on turns.source_system = before_the_books.source_system and turns.payment_id = before_the_books.document_id
    where turns.left_out_reason is null and before_the_books.document_id is null
)

select * from final
