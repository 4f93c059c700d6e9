{# What is agreed: the company's rows (the seed `own_<name>`), and of the product's (`standard_<name>`) those in whose place the company has put
   none of its own. `by` are the columns in which a row agrees with the one in whose place it stands. #}
{% macro own_before_standard(name, by, columns) %}
with own as (
    select * from {{ ref('own_' ~ name) }}
),

standard as (
    select * from {{ ref('standard_' ~ name) }}
),

kept as (
    select standard.*
    from standard
    where not exists (
        select 1
        from own
        where {% for column in by %}own.{{ column }} is not distinct from standard.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    )
),

final as (
    select {{ columns | join(', ') }} from own
    union all
    select {{ columns | join(', ') }} from kept
)

select * from final
{% endmacro %}
