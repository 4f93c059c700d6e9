-- One row per quote of a system, of every system that is switched on.
{{ union_systems('quotes') }}
