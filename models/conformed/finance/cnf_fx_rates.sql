-- One row per currency pair and day, of every system that is switched on.
{{ union_systems('fx_rates') }}
