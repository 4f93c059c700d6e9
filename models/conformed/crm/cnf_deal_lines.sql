-- One row per line of a deal, of every system that is switched on.
{{ union_systems('deal_lines') }}
