-- One row per bank transaction of a ledger, of every system that is switched on.
{{ union_systems('bank_transactions') }}
