{# A text, or null where nothing can be seen of it: blanks, line breaks, zero-width and other invisible characters are no value. Most texts begin
   with a character that is seen, which is one comparison; only the others are looked at more closely. #}
{% macro given(text) -%}
    case
        when {{ text }} >= '!' and {{ text }} < '~' then {{ text }}
        when {{ replace_all(text, "[\\s\\p{Z}\\p{C}]+", "") }} <> '' then {{ text }}
    end
{%- endmacro %}
