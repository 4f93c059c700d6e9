-- One row per accounting period of a system, of every system that is switched on.
{{ union_systems('periods') }}
