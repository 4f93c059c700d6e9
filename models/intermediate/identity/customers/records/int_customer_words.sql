-- One row per customer record, name it goes by and word of it, in the form in which words are compared.
with names as (
    select
        record_id,
        is_main,
        name,
        max(case when name_kind = 'legal' then 1 else 0 end) as is_legal,
        min(legal_form) as legal_form
    from {{ ref('int_customer_names') }}
    group by record_id, is_main, name
),

spelled as (
    select * from {{ ref('name_words') }}
),

split as (
    select
        record_id,
        is_main,
        name,
        is_legal,
        legal_form is null as has_no_form,
        {{ each_word(transliterated('name')) }}
    from names
),

-- An abbreviation reads as what it stands for, and Ä as AE, A or Æ is one letter.
read as (
    select
        split.record_id,
        split.is_main,
        split.name,
        split.place,
        split.is_legal,
        split.has_no_form,
        {{ folded('coalesce(spelled.stands_for, split.word)') }} as word,
        case when spelled.stands_for <> split.word then {{ folded('split.word') }} end as own_spelling,
        coalesce(spelled.kind, 'own') as kind,
        -- A name of nothing but joining words keeps them.
        min(case when spelled.kind = 'joining' then 1 else 0 end) over (partition by split.record_id, split.name) as is_joining_only
    from split
    left join spelled on split.word = spelled.word
),

kept as (
    select
        record_id,
        is_main,
        name,
        place,
        is_legal,
        word,
        own_spelling,
        kind,
        -- `Hill Primary` is a school, said or not.
        coalesce(word = 'SCHOOL' and lag(kind) over (partition by record_id, is_main, name order by place nulls last) = 'stage', false) as is_implied,
        has_no_form and kind = 'own' and place > 1 and place = max(place) over (partition by record_id, is_main, name) as is_where_a_form_stands,
        has_no_form and kind = 'own' and place > 1 and place < max(place) over (partition by record_id, is_main, name) as is_inside,
        -- `The Singer Company N.V.` is The Singer N.V.
        word = 'COMPANY' and place > 1 and place = max(place) over (partition by record_id, is_main, name) as is_company_behind
    from read
    where word <> '' and (kind <> 'joining' or is_joining_only = 1)
),

counted as (
    select
        word,
        count(distinct record_id) as record_count,
        -- Fifty records of one name make none of its words a common one.
        count(distinct name) as name_count
    from kept
    group by word
),

legal_forms as (
    select distinct legal_form
    from {{ ref('legal_forms') }}
    where position = 'end' and length(legal_form) > 2 and legal_form not like '% %'
),

last_words as (
    select distinct
        word,
        -- A field that was too short cuts a name at its end.
        case when length(name) >= 16 then 1 else 0 end as may_be_cut
    from kept
    where is_where_a_form_stands
),

-- `Limietd`, `Ldt` and `Akti` are no words of a name but a form that was mistyped or cut.
form_slips as (
    select distinct
        last_words.word,
        last_words.may_be_cut
    from last_words
    inner join legal_forms
        on
            substr(last_words.word, 1, 1) = substr(legal_forms.legal_form, 1, 1)
            and abs(length(last_words.word) - length(legal_forms.legal_form)) < 12
    where
        (last_words.may_be_cut = 1 and length(last_words.word) > 1 and legal_forms.legal_form like last_words.word || '%')
        or (
            {{ edit_distance('last_words.word', 'legal_forms.legal_form') }} = 1
            and (
                least(length(last_words.word), length(legal_forms.legal_form)) > 3
                or (length(last_words.word) = 3 and {{ same_letters('last_words.word', 'legal_forms.legal_form') }})
            )
        )
),

-- `Bosch GmbH Robert`, as an index of names has it.
distinctive_forms as (
    select distinct legal_form
    from {{ ref('legal_forms') }}
    where is_distinctive and legal_form not like '% %'
),

final as (
    select
        kept.record_id,
        kept.is_main,
        kept.name,
        kept.place,
        kept.is_legal,
        kept.word,
        kept.own_spelling,
        kept.kind,
        kept.is_implied,
        counted.record_count,
        counted.name_count,
        form_slips.word is not null or distinctive_forms.legal_form is not null or kept.is_company_behind as is_form_slip
    from kept
    inner join counted on kept.word = counted.word
    left join form_slips
        on
            case when kept.is_where_a_form_stands then kept.word end = form_slips.word
            and form_slips.may_be_cut = case when length(kept.name) >= 16 then 1 else 0 end
    left join distinctive_forms on case when kept.is_inside then kept.word end = distinctive_forms.legal_form
)

select * from final
