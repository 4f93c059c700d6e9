-- One row per entry of a price list, of every system that is switched on.
{{ union_systems('price_list_entries') }}
