-- One row per customer record and name it goes by (trading name, legal name), without its legal form.
with records as (
    select * from {{ ref('int_customer_records') }}
),

legal_forms as (
    select * from {{ ref('legal_forms') }}
),

names as (
    select record_id, country, {{ cleaned_name('customer_name') }} as name, true as is_main
    from records
    union all
    select record_id, country, {{ cleaned_name('legal_name') }} as name, false as is_main
    from records
    where legal_name is not null
),

-- The last words of a name, and its first, that might be a legal form: never the whole name.
parts as (
    {% for words in [1, 2, 3, 4] %}
        select
            record_id,
            country,
            name,
            'end' as position,
            {{ extract_first('name', '^.+ ((?:[^ ]+ ){' ~ (words - 1) ~ '}[^ ]+)$') }} as part
        from names
        union all
    {% endfor %}
    select record_id, country, name, 'start' as position, {{ extract_first('name', '^([^ ]+) .+$') }} as part
    from names
),

-- A form that is also a common word or abbreviation (SPA, AS, CO) counts in its own countries only, or where no country is known.
forms as (
    select distinct
        parts.record_id,
        parts.name,
        parts.position,
        parts.part
    from parts
    inner join legal_forms
        on
            parts.part = legal_forms.legal_form
            and parts.position = legal_forms.position
            and (legal_forms.is_distinctive or parts.country is null or parts.country = legal_forms.country)
),

longest as (
    select
        record_id,
        name,
        coalesce(max(case when position = 'end' then length(part) + 1 end), 0) as end_length,
        coalesce(max(case when position = 'start' then length(part) + 1 end), 0) as start_length
    from forms
    group by record_id, name
),

final as (
    select distinct
        names.record_id,
        names.country,
        names.is_main,
        -- One form is taken off, the one at the end first: what is left is a name again.
        case
            when longest.end_length > 0 then substr(names.name, 1, length(names.name) - longest.end_length)
            else substr(names.name, 1 + coalesce(longest.start_length, 0))
        end as name
    from names
    left join longest on names.record_id = longest.record_id and names.name = longest.name
    where names.name is not null
)

select * from final
