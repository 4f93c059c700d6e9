-- One row per line of an order, of every system that is switched on.
{{ union_systems('job_lines') }}
