-- One row per deal of a system, of every system that is switched on.
{{ union_systems('deals') }}
