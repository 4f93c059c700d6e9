-- One row per invoice or credit note of a ledger, of every system that is switched on.
{{ union_systems('invoices') }}
