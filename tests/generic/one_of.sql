{# Exactly one of the columns is filled in. #}
{% test one_of(model, columns) %}
select *
from {{ model }}
where
    {% for column in columns %}
        case when {{ column }} is null then 0 else 1 end
        {% if not loop.last %}+{% endif %}
    {% endfor %}
    <> 1
{% endtest %}
