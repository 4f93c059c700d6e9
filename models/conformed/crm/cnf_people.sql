-- One row per person record of a system, of every system that is switched on.
{{ union_systems('people') }}
