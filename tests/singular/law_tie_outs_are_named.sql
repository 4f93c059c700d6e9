{{ config(tags=['law'], severity='error') }}
-- What this is: at every month's end, the documents that a tie-out names add up to the difference between the ledger's accounts and the records.
-- When it fails: a document or journal is on one side of the tie-out and in none of its named documents, so that part of the difference has no name.
-- How to resolve: compare int_tie_outs with int_tie_out_documents for the ledger and month that are named.
select
    control_id,
    source_system,
    month_ends_on,
    difference_amount,
    named_amount
from {{ ref('int_tie_outs') }}
where difference_amount <> named_amount
