-- One row per tax code, product category and first day of validity, of every system that is switched on.
{{ union_systems('tax_rates') }}
