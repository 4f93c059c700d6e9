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

{# The newest known version of each record; deleted ones are gone. The source's own time of change decides, then the order of arrival. #}
{% macro raw_latest(system, table) %}
    select *
    from (
        {{ raw_versions(system, table) }}
        qualify row_number() over (
            partition by _record_key
            order by coalesce(_updated_at, _landed_at) desc, _version desc
        ) = 1
    ) as newest
    where not newest._is_deleted
{% endmacro %}
