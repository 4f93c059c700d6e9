-- One row per ledger and month end: its retention accounts are not what customers keep back, less what they released.
{{ tie_out_control('retention_tie_out') }}
