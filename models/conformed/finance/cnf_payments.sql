-- One row per receipt of a ledger, of every system that is switched on.
{{ union_systems('payments') }}
