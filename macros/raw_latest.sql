{# All versions of the records of a raw table, tombstones included, that had arrived by known_at() in loads that passed their checks. #}
{% macro raw_versions(system, table) %}
    select *
    from {{ source('raw_' ~ system, table) }}
    where
        _load_id in (
            select loads.load_id
            from {{ source('tieout_meta', 'loads') }} as loads
            where loads.status <> 'rejected' and loads.landed_at <= {{ known_at() }}
        )
{% endmacro %}

{# The newest version of each record of a query, tombstones included. One clock decides: the source's own times of change among each other
   where every version has one, else the order of arrival. That a record is gone is seen on arrival, so what arrived before that is over.
   pipelines/tieout/contracts/frames.py takes them in the same way. #}
{% macro newest_of(versions, key='_record_key', updated_at='_updated_at', version='_version', is_deleted='_is_deleted') %}
    select *
    from (
        select
            *,
            max(case when {{ is_deleted }} then {{ version }} else 0 end) over (partition by {{ key }}) as ended_version,
            count(case when {{ updated_at }} is null then 1 end) over (partition by {{ key }}) as untimed_count
        from ({{ versions }}) as versions
    ) as clocked
    qualify row_number() over (
        partition by {{ key }}
        order by
            case when {{ version }} > ended_version then 0 when {{ version }} = ended_version then 1 else 2 end nulls last,
            case when untimed_count = 0 then {{ updated_at }} end desc nulls last,
            {{ version }} desc nulls last
    ) = 1
{% endmacro %}

{# The newest known version of each record; deleted ones are gone. #}
{% macro raw_latest(system, table) %}
    select *
    from (
        {{ newest_of(raw_versions(system, table)) }}
    ) as newest
    where not newest._is_deleted
{% endmacro %}
