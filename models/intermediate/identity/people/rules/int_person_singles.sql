-- One row per person record, each a cluster of its own: where the rules begin.
with records as (
    select * from {{ ref('int_person_records') }}
)

select
    record_id,
    record_id as cluster_id,
    cast(null as {{ dbt.type_string() }}) as match_rule
from records
