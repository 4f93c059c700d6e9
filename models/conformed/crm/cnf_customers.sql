-- One row per customer record of a system, of every system that is switched on.
{{ union_systems('customers') }}
