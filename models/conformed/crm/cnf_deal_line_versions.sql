-- One row per version of a deal line that arrived, tombstones included.
{{ union_systems('deal_line_versions', listed_as='deal_lines') }}
