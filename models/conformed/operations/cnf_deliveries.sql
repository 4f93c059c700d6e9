-- One row per delivery of a system, of every system that is switched on.
{{ union_systems('deliveries') }}
