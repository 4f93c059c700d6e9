-- One row per version of a deal that arrived, tombstones included.
{{ union_systems('deal_versions', listed_as='deals') }}
