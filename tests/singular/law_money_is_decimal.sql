{{ config(tags=['law'], severity='error') }}
-- What this is: no column of the warehouse is a floating-point number, from the conformed entities to the published marts.
-- When it fails: an expression divided decimals, averaged, or met a column that was never cast; cents will go missing.
-- How to resolve: use the macros of macros/money.sql, and cast at the end.
-- depends_on: {{ ref('fct_stage_events') }}
-- depends_on: {{ ref('fct_quote_to_cash') }}
-- depends_on: {{ ref('fct_quote_to_cash_monthly') }}
-- depends_on: {{ ref('fct_receivables') }}
{{ floating_columns(['staging', 'conformed', 'intermediate', 'marts']) }}
