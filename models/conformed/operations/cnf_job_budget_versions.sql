-- One row per version of a job budget that arrived, tombstones included.
{{ union_systems('job_budget_versions', listed_as='job_budgets') }}
