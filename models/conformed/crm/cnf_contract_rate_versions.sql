-- One row per version of a contract's rate that arrived, tombstones included.
{{ union_systems('contract_rate_versions', listed_as='contract_rates') }}
