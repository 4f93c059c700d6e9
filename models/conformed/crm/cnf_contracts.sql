-- One row per contract of a system, of every system that is switched on.
{{ union_systems('contracts') }}
