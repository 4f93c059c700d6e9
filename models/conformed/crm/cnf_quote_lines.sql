-- One row per line of a quote, of every system that is switched on.
{{ union_systems('quote_lines') }}
