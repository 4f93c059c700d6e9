{{ config(tags=['law'], severity='error') }}
-- What this is: on every day for which the ledger gave a balance, the documents named until then add up to the difference between that balance
--   and the journals; what no document explains is named by its account and the days in which it began.
-- When it fails: a part of a difference is named twice, or has no name.
-- How to resolve: compare int_trial_balance with int_trial_balance_documents for the account that is named.
select
    balances.source_system,
    balances.account_code,
    balances.balance_on,
    balances.ledger_amount - balances.our_amount as difference_amount,
    sum(coalesce(documents.amount, 0)) as named_amount
from {{ ref('int_trial_balance') }} as balances
left join {{ ref('int_trial_balance_documents') }} as documents
    on
        balances.source_system = documents.source_system
        and balances.account_code = documents.account_code
        and balances.balance_on >= documents.balance_on
group by balances.source_system, balances.account_code, balances.balance_on, balances.ledger_amount, balances.our_amount
having balances.ledger_amount - balances.our_amount <> sum(coalesce(documents.amount, 0))
