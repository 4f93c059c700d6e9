-- One row per customer record and name it goes by (trading name, legal name), without its legal form.
with customers as (
    select source_system || '|' || customer_id as record_id, country, customer_name, legal_name
    from {{ ref('cnf_customers') }}
),

legal_forms as (
    select * from {{ ref('legal_forms') }}
),

written as (
    select record_id, country, customer_name as written_name, true as is_main
    from customers
    union all
    select record_id, country, legal_name as written_name, false as is_main
    from customers
    where legal_name is not null
),

-- A Dutch register has the seat behind the form: `Acme N.V. te Delft`.
seated as (
    select *, {{ replace_all('written_name', '(?i) (gevestigd )?te ', ', ') }} as name_and_seat
    from written
),

-- What stands behind a legal form, past a dash or a bracket, is a site or a note: `Acme Ltd - Leeds`. Past a comma it is a town:
-- `Acme N.V., Delft, NL`.
names as (
    select
        record_id,
        country,
        is_main,
        {{ name_without_notes('written_name') }} as name,
        cast(null as {{ dbt.type_string() }}) as site,
        cast(null as {{ dbt.type_string() }}) as town,
        false as is_head
    from written
    union all
    select
        record_id,
        country,
        is_main,
        {{ name_without_notes(extract_first('written_name', '^(.*?[^ ]) *(?: [-–—] |[(]).+$')) }} as name,
        {{ cleaned_name(extract_first('written_name', '^.*?[^ ,] *(?: [-–—] |[(])(.+)$')) }} as site,
        cast(null as {{ dbt.type_string() }}) as town,
        true as is_head
    from written
    union all
    select
        record_id,
        country,
        is_main,
        {{ name_without_notes(extract_first('name_and_seat', '^([^,]*[^ ,]) *,+ *[^ ,.].*$')) }} as name,
        cast(null as {{ dbt.type_string() }}) as site,
        -- Without the letters of the country.
        {{ replace_all("' ' || " ~ cleaned_name(extract_first('name_and_seat', '^[^,]*[^ ,] *,+ *([^ ,.].*)$')), ' [A-Z]{2}$', '') }} as town,
        true as is_head
    from seated
),

-- The last words of a name, and its first, that might be a legal form: never the whole name. `e. K.` and `s. r. o.` read as one word.
written_parts as (
    {% for words in [1, 2, 3, 4] %}
        select
            record_id,
            country,
            name,
            is_head,
            'end' as position,
            {{ extract_first('name', '^.+ ((?:[^ ]+ ){' ~ (words - 1) ~ '}[^ ]+)$') }} as part
        from names
        union all
    {% endfor %}
    select record_id, country, name, is_head, 'start' as position, {{ extract_first('name', '^([^ ]+) .+$') }} as part
    from names
    where not is_head
),

parts as (
    select
        *,
        case when {{ extract_first('part', '^((?:[^ ] )+[^ ])$') }} is not null then replace(part, ' ', '') end as letters
    from written_parts
),

-- A form that is also a common word or abbreviation (SPA, AS, CO) counts in its own countries only, or where no country is known.
-- One form is taken off, the longest, at the end before at the start: what is left is a name again.
forms as (
    select
        parts.record_id,
        parts.name,
        parts.is_head,
        parts.position,
        length(parts.part) as part_length,
        -- The same letters are one thing here and another there: where it is not known where, nothing is said.
        case
            when parts.country = legal_forms.country then legal_forms.kind
            when
                min(legal_forms.kind) over (partition by parts.record_id, parts.name, parts.is_head, parts.position, parts.part)
                = max(legal_forms.kind) over (partition by parts.record_id, parts.name, parts.is_head, parts.position, parts.part)
                then legal_forms.kind
        end as kind,
        case
            when legal_forms.is_distinctive then legal_forms.kind || case when parts.part like 'P%' then ' PRIVATE' else '' end
            else replace(parts.part, ' ', '')
        end as form
    from parts
    inner join legal_forms
        on
            legal_forms.legal_form in (parts.part, parts.letters)
            and parts.position = legal_forms.position
            and (legal_forms.is_distinctive or parts.country = legal_forms.country or (parts.country is null and not parts.is_head))
    qualify row_number() over (
        partition by parts.record_id, parts.name, parts.is_head
        order by
            parts.position asc nulls last,
            length(parts.part) desc nulls last,
            case when parts.country = legal_forms.country then 0 else 1 end asc nulls last,
            legal_forms.kind asc nulls last,
            -- What is distinctive in one country is written so elsewhere too: `Ltd` is one form, whichever line of the list is read.
            legal_forms.is_distinctive desc nulls last,
            legal_forms.country asc nulls last
    ) = 1
),

chosen as (
    select
        names.record_id,
        names.country,
        names.is_main,
        case forms.position
            when 'end' then substr(names.name, 1, length(names.name) - forms.part_length - 1)
            when 'start' then substr(names.name, forms.part_length + 2)
            else names.name
        end as name,
        -- The kind of company that the form says it is; null where none is written, or one that says little (CO).
        forms.kind as legal_form,
        -- The form as it is written, where that is all that is known.
        forms.form as written_form,
        case when forms.position = 'end' then substr(names.name, length(names.name) - forms.part_length + 1, 1) end as form_letter,
        -- What stands behind the form, unless it is a note.
        case
            when names.is_head then nullif({{ replace_all('names.site', '^(' ~ note_words() ~ ')( (' ~ note_words() ~ '))*$', '') }}, '')
        end as site,
        nullif(trim(names.town), '') as town
    from names
    left join forms on names.record_id = forms.record_id and names.name = forms.name and names.is_head = forms.is_head
    -- Behind a comma may stand the rest of the form (`Co., Ltd.`): then the form before it says little.
    where
        names.name is not null
        and (not names.is_head or forms.record_id is not null)
        and (names.town is null or forms.kind is not null)
    qualify row_number() over (
        partition by names.record_id, names.is_main
        order by names.is_head desc nulls last, length(names.name) asc nulls last, names.name asc nulls last
    ) = 1
),

form_letters as (
    select name, country, form_letter
    from chosen
    where form_letter is not null
    group by name, country, form_letter
    having count(distinct record_id) >= 5
),

-- Of a field that was too short a form's first letter is left: `Acme N` is Acme NV where five and more write that.
whole as (
    select
        chosen.record_id,
        chosen.country,
        chosen.is_main,
        coalesce(form_letters.name, chosen.name) as name,
        chosen.legal_form,
        chosen.written_form,
        chosen.site,
        chosen.town
    from chosen
    left join form_letters
        on
            case when chosen.legal_form is null then chosen.name end = form_letters.name || ' ' || form_letters.form_letter
            and chosen.country = form_letters.country
),

final as (
    select distinct
        chosen.record_id,
        chosen.country,
        chosen.is_main,
        chosen.name,
        chosen.legal_form,
        chosen.written_form,
        chosen.site,
        chosen.town
    from whole as chosen
    -- `Cash sales`, `Unknown` and `To be confirmed` are nobody's name, with a number behind them or without.
    left join {{ ref('placeholder_names') }} as placeholders
        on {{ replace_all('chosen.name', '( (NO|NR))?( [0-9]+)+$', '') }} = placeholders.placeholder
    where placeholders.placeholder is null
)

select * from final
