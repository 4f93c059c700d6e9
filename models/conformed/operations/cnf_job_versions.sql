-- One row per version of a job that arrived, tombstones included.
{{ union_systems('job_versions', listed_as='jobs') }}
