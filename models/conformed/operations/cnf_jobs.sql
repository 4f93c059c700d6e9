-- One row per job of a system, of every system that is switched on.
{{ union_systems('jobs') }}
