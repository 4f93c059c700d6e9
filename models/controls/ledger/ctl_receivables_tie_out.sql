-- One row per ledger and month end: its accounts are not what customers owe, by their documents.
{{ tie_out_control('receivables_tie_out') }}
