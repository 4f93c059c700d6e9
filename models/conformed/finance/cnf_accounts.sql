-- One row per account of a ledger, of every system that is switched on.
{{ union_systems('accounts') }}
