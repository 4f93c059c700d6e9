{# What the tests of published models prove of their keys, a row each: columns that no two rows share, the fewest of them
   the primary key, and columns that are keys of another published model. Read from dbt's graph of the project that
   runs, so that a company's own public models are in it. #}
{% macro published_keys() %}
    {% set published, keys, rows = {}, {}, [] %}
    {# While dbt parses there is no graph yet. #}
    {% set nodes = graph.nodes.values() if execute else [] %}
    {% for node in nodes if node.resource_type == 'model' and node.config.access == 'public' %}
        {% do published.update({node.unique_id: node.name}) %}
        {% do keys.update({node.name: []}) %}
    {% endfor %}
    {% for test in nodes if test.resource_type == 'test' and test.attached_node in published %}
        {% set said, table = test.test_metadata, published[test.attached_node] %}
        {% if not said or test.config.severity | lower != 'error' or test.config.where %}
            {# It proves nothing of every row. #}
        {% elif said.name == 'unique_key' %}
            {% do keys[table].append([said.kwargs['columns'] | length, said.kwargs['columns'] | join(', ')]) %}
        {% elif said.name == 'relationships' %}
            {% for other in test.depends_on.nodes if other in published and "'" ~ published[other] ~ "'" in said.kwargs.to %}
                {% do rows.append([table, test.column_name, 'foreign_key', published[other], said.kwargs.field]) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% for table, found in keys.items() %}
        {% for _, columns in found | sort %}
            {% do rows.append([table, columns, 'primary_key' if loop.first else 'unique_key', none, none]) %}
        {% endfor %}
    {% endfor %}
    {% do return(rows | sort(attribute='2,0,1')) %}
{% endmacro %}
