{# Letters of Greek and Cyrillic names in Latin ones, capitals only, as passports spell them. Other scripts keep theirs. #}
{% macro transliterated(text) -%}
    {%- set spellings = {
        'Щ': 'SHCH', 'Ж': 'ZH', 'Х': 'KH', 'Ц': 'TS', 'Ч': 'CH', 'Ш': 'SH', 'Ю': 'YU', 'Я': 'YA', 'Ё': 'E', 'Є': 'YE', 'Ї': 'YI', 'Ъ': '', 'Ь': '',
        'Љ': 'LJ', 'Њ': 'NJ', 'Џ': 'DZ', 'ΟΥ': 'OU', 'Θ': 'TH', 'Ξ': 'X', 'Ψ': 'PS', 'Χ': 'CH', 'Φ': 'F',
    } -%}
    {%- set ns = namespace(sql=text) -%}
    {%- for letter, latin in spellings.items() %}{% set ns.sql = "replace(" ~ ns.sql ~ ", '" ~ letter ~ "', '" ~ latin ~ "')" %}{% endfor -%}
    translate({{ ns.sql }},
        'АБВГДЕЗИЙКЛМНОПРСТУФЫЭІҐЂЈЋΑΒΓΔΕΖΗΙΚΛΜΝΟΠΡΣΤΥΩ',
        'ABVGDEZIYKLMNOPRSTUFYEIGDJCAVGDEZIIKLMNOPRSTYO')
{%- endmacro %}
