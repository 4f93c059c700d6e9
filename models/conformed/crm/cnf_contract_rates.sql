-- One row per rate of a contract and its validity, of every system that is switched on.
{{ union_systems('contract_rates') }}
