-- One row per entity of a system, of every system that is switched on.
{{ union_systems('extract_totals') }}
