-- One row per account and balance day of a ledger, of every system that is switched on.
{{ union_systems('account_balances') }}
