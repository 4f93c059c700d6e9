-- One row per key of a published table: its own, or one that it has of another.
with proven as (
    select
        listed.table_name,
        listed.column_names,
        listed.kind,
        listed.referenced_table_name,
        listed.referenced_column_name
    from (
        values
        {% for table_name, column_names, kind, other_table, other_column in published_keys() -%}
            {%- set referenced = "'" ~ other_table ~ "', '" ~ other_column ~ "'" if other_table else 'null, null' %}
            ('{{ [table_name, column_names, kind] | join("', '") }}', {{ referenced }})
            {{- ',' if not loop.last }}
        {% endfor %}
    ) as listed (table_name, column_names, kind, referenced_table_name, referenced_column_name)
),

final as (
    select
        {{ make_key(['table_name', 'column_names', 'kind']) }} as relationship_key,
        table_name,
        column_names,
        kind,
        referenced_table_name,
        referenced_column_name
    from proven
)

select * from final
