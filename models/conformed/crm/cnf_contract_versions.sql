-- One row per version of a contract that arrived, tombstones included.
{{ union_systems('contract_versions', listed_as='contracts') }}
