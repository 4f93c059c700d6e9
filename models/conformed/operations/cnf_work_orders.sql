-- One row per work order of a system, of every system that is switched on.
{{ union_systems('work_orders') }}
