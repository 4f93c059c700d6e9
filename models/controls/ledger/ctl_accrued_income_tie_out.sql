-- One row per ledger and month end: its accounts are not what was recognised and not yet billed, by contract.
{{ tie_out_control('accrued_income_tie_out') }}
