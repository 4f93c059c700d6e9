-- One row per ledger and month end: its accounts are not what was billed and not yet recognised, by contract.
{{ tie_out_control('deferred_income_tie_out') }}
