-- One row per product record of a system, of every system that is switched on.
{{ union_systems('products') }}
