{# What a control found on the day of the position and nobody has waived; and that it ran at all. #}
{% test control_holds(model, control_id) %}
    select exceptions.*
    from {{ ref('fct_exceptions') }} as exceptions
    inner join {{ model }} as results on exceptions.control_id = results.control_id and results.is_latest
    where exceptions.control_id = '{{ control_id }}' and exceptions.status not in ('resolved', 'waived')
{% endtest %}
