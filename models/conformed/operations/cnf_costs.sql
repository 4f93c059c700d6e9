-- One row per cost entry of a system, of every system that is switched on.
{{ union_systems('costs') }}
