-- One row per item of a pay run, of every system that is switched on.
{{ union_systems('pay_items') }}
