{# A name as it is compared: upper case, no accents, letters and digits parted by single spaces, `&` read as AND, no leading THE.
   Dots and apostrophes join what they part (S.A.R.L. is SARL, O'Neil ONEIL). Scripts other than Latin keep their letters.
   Legal forms are taken off afterwards, by the seed `legal_forms` (int_customer_names). #}
{% macro cleaned_name(text) -%}
    {%- set upper = "upper(" ~ strip_accents(text) ~ ")" -%}
    {%- set spelled -%}
        replace(replace(replace(replace(replace(replace(replace({{ upper }}, 'ß', 'SS'), 'ẞ', 'SS'), 'Ø', 'O'), 'Æ', 'AE'), 'Œ', 'OE'), 'Ł', 'L'), 'Đ', 'D')
    {%- endset -%}
    {%- set joined = replace_all(spelled, "[.''’`´]", "") -%}
    {%- set anded = replace_all(joined, "[&+]", " AND ") -%}
    {%- set worded = replace_all(anded, "[^\\p{L}\\p{N}]+", " ") -%}
    nullif(trim({{ replace_all("trim(" ~ worded ~ ")", "^THE ", "") }}), '')
{%- endmacro %}

{# A code or number as it is compared: upper case, letters and digits only. #}
{% macro cleaned_code(text) -%}
    nullif({{ replace_all("upper(" ~ text ~ ")", "[^\\p{L}\\p{N}]+", "") }}, '')
{%- endmacro %}

{# The domain of a web address, in lower case, without protocol, `www`, port and path. #}
{% macro domain_of(website) -%}
    {{ extract_first("lower(trim(" ~ website ~ "))", "^(?:[a-z]+://)?(?:www[0-9]?[.])?([^/:?#@ ]+[.][^/:?#@ .]+)") }}
{%- endmacro %}

{# Whether a tax or register number can be one: five digits or more, not all of them zero (N/A, TBC, 00000000 are none). #}
{% macro is_plausible_number(code) -%}
    (
        length({{ replace_all(code, "[^0-9]", "") }}) >= 5
        and {{ replace_all(code, "[^1-9]", "") }} <> ''
    )
{%- endmacro %}

{# A job or work-order code as it is compared: its letters, then its digits without leading zeros. A bare number reads as JOB. #}
{% macro cleaned_job_code(text) -%}
    {{ replace_all(replace_all(cleaned_code(text), "^0*([0-9])", "JOB\\1"), "^([A-Z]+)0+([0-9])", "\\1\\2") }}
{%- endmacro %}
