-- One row per ledger and month end: its accounts are not the receipts.
{{ tie_out_control('cash_tie_out') }}
