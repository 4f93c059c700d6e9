{# The grain of a model: no two rows share these columns, and none of them is null but those named as nullable,
   where a missing value is a value: the side of a pair that nothing answers. #}
{% test unique_key(model, columns, nullable=[]) %}
    select {{ columns | join(', ') }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1 {% for column in columns if column not in nullable %} or {{ column }} is null {% endfor %}
{% endtest %}
