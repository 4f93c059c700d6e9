-- One row per budget line of a job, of every system that is switched on.
{{ union_systems('job_budgets') }}
