{{ config(tags=['control'], severity='error') }}
-- What this is: every control of the register ran in this build, and said how much it looked at.
-- When it fails: a control has no model, was excluded from the selection, or failed; what it would have found is not known.
-- How to resolve: build all controls together, `dbt build --select tag:control`.
select control_id, status from {{ ref('fct_control_results') }}
where is_latest and status = 'not_run'
