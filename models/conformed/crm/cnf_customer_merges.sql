-- One row per customer record that was merged into another, of every system that is switched on.
{{ union_systems('customer_merges') }}
