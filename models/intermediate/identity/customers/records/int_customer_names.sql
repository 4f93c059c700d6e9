-- One row per customer record and name it goes by (trading name, legal name), without its legal form.
with customers as (
    select
        source_system || '|' || customer_id as record_id,
        source_system,
        country,
        customer_name,
        legal_name,
        coalesce({{ other_name('customer_name') }}, {{ name_without_group('customer_name') }}) as other_name
    from {{ ref('cnf_customers') }}
),

-- Where several names of a system are as long as its longest, the field is no longer: they may be cut.
name_fields as (
    select source_system, max(length(customer_name)) as longest
    from customers
    group by source_system
),

full_names as (
    select customers.record_id
    from customers
    inner join name_fields on customers.source_system = name_fields.source_system and length(customers.customer_name) = name_fields.longest
    where name_fields.longest between 20 and 60
    qualify count(*) over (partition by customers.source_system) >= 3
),

legal_forms as (
    select legal_form, country, position, is_distinctive, kind, false as is_cut from {{ ref('legal_forms') }}
),

-- What is left of a form at the end of a field that was too short: `GmbH u. Co. K`.
beginnings as (
    select *, {{ each_number(1, 'length(legal_form) - 1') }} as kept_length
    from legal_forms
    where position = 'end' and length(legal_form) > 1
),

all_forms as (
    select * from legal_forms
    union all
    select distinct
        substr(legal_form, 1, kept_length) as legal_form,
        country,
        position,
        is_distinctive,
        kind,
        true as is_cut
    from beginnings
    where substr(legal_form, kept_length, 1) <> ' '
),

written as (
    select record_id, country, customer_name as written_name, 'main' as name_kind
    from customers
    union all
    select record_id, country, legal_name as written_name, 'legal' as name_kind
    from customers
    -- A legal name that says both is what the name says already.
    where legal_name is not null and (other_name is null or legal_name <> customer_name)
    union all
    -- `Mill Lane Ltd t/a The Old Bakery`: either is its name.
    select record_id, country, other_name as written_name, 'other' as name_kind
    from customers
    where other_name is not null
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
        name_kind,
        {{ name_without_notes('written_name') }} as name,
        cast(null as {{ dbt.type_string() }}) as site,
        cast(null as {{ dbt.type_string() }}) as town,
        false as is_head
    from written
    union all
    select
        record_id,
        country,
        name_kind,
        {{ name_without_notes(extract_first('written_name', '^(.*?[^ ]) *(?: [-–—] |[(]).+$')) }} as name,
        {{ cleaned_name(extract_first('written_name', '^.*?[^ ,] *(?: [-–—] |[(])(.+)$')) }} as site,
        cast(null as {{ dbt.type_string() }}) as town,
        true as is_head
    from written
    union all
    select
        record_id,
        country,
        name_kind,
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
        written_parts.*,
        not written_parts.is_head and full_names.record_id is not null as may_be_cut,
        case when {{ extract_first('part', '^((?:[^ ] )+[^ ])$') }} is not null then replace(part, ' ', '') end as letters
    from written_parts
    left join full_names on written_parts.record_id = full_names.record_id
),

-- Either way of reading a part is looked up by itself: two ways in one condition would compare every part with every form.
read_parts as (
    select *, part as read_as from parts
    union all
    select *, letters as read_as from parts
    where letters is not null
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
            when parts.country = legal_forms.country and not parts.may_be_cut then legal_forms.kind
            when
                min(legal_forms.kind) over (partition by parts.record_id, parts.name, parts.is_head, parts.position, parts.part)
                = max(legal_forms.kind) over (partition by parts.record_id, parts.name, parts.is_head, parts.position, parts.part)
                then legal_forms.kind
        end as kind,
        case
            when legal_forms.is_distinctive then legal_forms.kind || case when parts.part like 'P%' then ' PRIVATE' else '' end
            else replace(parts.part, ' ', '')
        end as form
    from read_parts as parts
    inner join all_forms as legal_forms
        on
            parts.read_as = legal_forms.legal_form
            and parts.position = legal_forms.position
            and (parts.may_be_cut or not legal_forms.is_cut)
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

towns as (
    select distinct {{ cleaned_name('city') }} as town from {{ ref('cnf_customers') }}
    where city is not null
),

-- `Mill Lane Surgery, Leeds`: behind a comma, a dash or in brackets, a town that records are in is where it is.
sited as (
    select
        names.record_id,
        names.country,
        names.name_kind,
        names.name,
        names.is_head,
        names.site,
        coalesce(nullif(trim(names.town), ''), towns.town) as town,
        towns.town is not null and names.name like '% %' as has_known_town
    from names
    left join towns on coalesce(names.site, nullif(trim(names.town), '')) = towns.town
),

chosen as (
    select
        names.record_id,
        names.country,
        names.name_kind,
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
        -- What stands behind the form, unless it is a note or another name.
        {% set notes, aliases = note_words() | trim, alias_words() | trim %}
        case
            when names.is_head then nullif({{ replace_all('names.site', '^(((' ~ notes ~ ')( (' ~ notes ~ '))*)|((' ~ aliases ~ ') .*))$', '') }}, '')
        end as site,
        names.town
    from sited as names
    left join forms on names.record_id = forms.record_id and names.name = forms.name and names.is_head = forms.is_head
    -- Behind a comma may stand the rest of the form (`Co., Ltd.`): then the form before it says little.
    where
        names.name is not null
        and (not names.is_head or forms.record_id is not null or names.has_known_town)
        and (names.town is null or forms.kind is not null or names.has_known_town)
    qualify row_number() over (
        partition by names.record_id, names.name_kind
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
        chosen.name_kind,
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
        chosen.name_kind,
        chosen.name_kind = 'main' as is_main,
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
