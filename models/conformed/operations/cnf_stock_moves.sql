-- One row per stock move of a system, of every system that is switched on.
{{ union_systems('stock_moves') }}
