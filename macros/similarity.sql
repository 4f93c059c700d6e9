{# What speaks for a scored pair (int_customer_links) in words; null where nothing does. #}
{% macro similarity_for(links) -%}
    nullif(concat_ws(
        '; ',
        case {{ links }}.name_level
            when 7 then 'the same name'
            when 6 then 'the same letters in the name'
            when 5 then 'the same name but for slips and initials'
            when 4 then 'one name is part of the other'
            when 3 then 'most of the shorter name is in the other'
            when 2 then 'one name is the initials of the other'
        end,
        case {{ links }}.address_level
            when 4 then 'the same door'
            when 3 then 'the same street and number'
            when 2 then 'the same postal code'
            when 1 then 'the same town'
        end,
        case {{ links }}.phone_level when 2 then 'the same telephone' when 1 then 'the same telephone but for one digit' end,
        case {{ links }}.web_level
            when 3 then 'the same domain'
            when 2 then 'the same mail address'
            when 1 then 'the same domain in another country'
        end,
        case {{ links }}.numbers_level when 2 then 'the same tax or register number' when 1 then 'the same number but for one digit' end,
        case when {{ links }}.country_level = 1 then 'the same country' end,
        case when {{ links }}.legal_form_level = 1 then 'the same legal form' end
    ), '')
{%- endmacro %}

{# What speaks against it, after what held it back. #}
{% macro similarity_against(links, held_back_by) -%}
    nullif(concat_ws(
        '; ',
        {{ held_back_by }},
        case when {{ links }}.address_level = 0 then 'other addresses' end,
        case when {{ links }}.phone_level = 0 then 'other telephones' end,
        case when {{ links }}.web_level = 0 then 'other domains' end,
        case when {{ links }}.legal_form_level = 0 then 'other legal forms' end
    ), '')
{%- endmacro %}
