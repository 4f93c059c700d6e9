-- One row per change order of a system, of every system that is switched on.
{{ union_systems('change_orders') }}
