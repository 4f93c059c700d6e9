{# An id that people can read and say, else null: GUIDs, hashes and the long running numbers of an API are for machines. #}
{% macro readable_id(id) -%}
    case
        when {{ extract_first(id, '^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-.*|[0-9a-fA-F]{24,}.*|[0-9]{9,})$') }} is null
            then nullif(trim({{ id }}), '')
    end
{%- endmacro %}

{# A sentence with {record}, {job} and so on replaced by what people call them; what has no name there is left out. #}
{% macro named(sentence, labels) -%}
    {%- set written = namespace(sql=sentence) -%}
    {%- for word, label in labels.items() -%}
        {%- set written.sql = 'replace(' ~ written.sql ~ ", '{" ~ word ~ "}', coalesce(" ~ label ~ ", ''))" -%}
    {%- endfor -%}
    {{ written.sql }}
{%- endmacro %}

{# A number as people write it: 37.5 and not 37.500000. #}
{% macro number_in_words(number) -%}
    {{ replace_all(replace_all('cast(' ~ number ~ ' as ' ~ dbt.type_string() ~ ')', '[.]0+$', ''), '([.][0-9]*[1-9])0+$', '\\1') }}
{%- endmacro %}

{# The join of documents that a tie-out names with int_record_labels as `labels`, and what such a document is called there: what has no label keeps its id. #}
{% macro labels_of_documents(documents) -%}
    case {{ documents }}.document_type when 'credit_note' then 'invoice' else {{ documents }}.document_type end = labels.document_kind
    and case
        when {{ documents }}.document_type in ('contract', 'job') then {{ documents }}.document_id
        else {{ documents }}.source_system || '|' || {{ documents }}.document_id
    end = labels.document_link
{%- endmacro %}

{% macro document_in_words(documents) -%}
    coalesce(
        case when {{ documents }}.document_type = 'job' then 'job ' else '' end || labels.label,
        {{ documents }}.document_type || ' ' || {{ documents }}.document_id
    )
{%- endmacro %}
