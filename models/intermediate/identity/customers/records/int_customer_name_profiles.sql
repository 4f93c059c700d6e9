-- One row per customer record that has a name, with everything that its name is judged by (see docs/decisions/0011).
with records as (
    select
        record_id,
        {{ folded(transliterated('city')) }} as city,
        house_number
    from {{ ref('int_customer_records') }}
),

words as (
    select * from {{ ref('int_customer_words') }}
),

marked as (
    select
        *,
        word
        || coalesce('~' || own_spelling, '')
        || case when name_count >= {{ var('common_word_names') }} then '*' else '' end
        || case when is_form_slip then '?' else '' end
        || case when is_implied then '!' else '' end as marked_word
    from words
),

names as (
    select
        record_id,
        is_main,
        is_legal,
        name,
        {{ joined_in_order('marked_word', "' '", ['place']) }} as words
    from marked
    group by record_id, is_main, is_legal, name
),

named as (
    select
        record_id,
        -- All names it goes by, as pipelines/tieout/identity/names/levels.py reads them: a star stands after a word that many have, a question
        -- mark after one that may be a legal form, mistyped, and an exclamation mark after one that need not be said. The legal name is the last;
        -- where there are others and it is not known, nothing stands there.
        {{ joined_in_order('words', "'|'", ['is_main desc', 'is_legal asc', 'name asc']) }}
        || case when count(*) > 1 and max(is_legal) = 0 then '|' else '' end as names
    from names
    group by record_id
),

main_words as (
    select
        *,
        -- The word that says most: the rarest, and not one that only says what a company does or where.
        row_number() over (
            partition by record_id
            order by
                case kind when 'own' then 0 when 'plain' then 1 when 'stage' then 1 when 'place' then 2 when 'role' then 3 else 4 end asc nulls last,
                record_count asc nulls last, length(word) desc nulls last, word asc nulls last
        ) as weight_rank
    from words
    where is_main
),

main_names as (
    select
        record_id,
        {{ list_in_order('word', ['word']) }} as sorted_words,
        {{ list_in_order('word', ['place']) }} as words,
        -- As it is spelled, abbreviations of four letters at most read in full.
        {{ joined_in_order("case when length(own_spelling) > 4 then own_spelling else word end", "' '", ['word', 'place']) }} as spelling_key,
        max(case when weight_rank = 1 then word end) as core_word,
        -- A name of two words and more, one of which is no trade, role or place.
        count(*) >= 2 and max(case when kind = 'own' and length(word) >= 3 then 1 else 0 end) = 1 as is_telling_name,
        -- One of seven letters and more, and no role or place, as the companies of a group have.
        count(*) >= 2 and max(case when kind = 'own' and length(word) >= 7 then 1 else 0 end) = 1
        and max(case when kind in ('role', 'place', 'attached') then 1 else 0 end) = 0 as is_long_name
    from main_words
    group by record_id
),

-- Words that tell the companies of one group, the branches of one chain or the numbers of one series apart.
telling as (
    select
        words.record_id,
        words.word,
        words.kind in ('role', 'attached') as is_role,
        words.kind = 'attached' as is_attached,
        {{ number_in('words.word') }} is not null as is_number
    from words
    inner join records on words.record_id = records.record_id
    where
        words.is_main
        -- The number of its own house in its name tells it from nobody at that door.
        and (length(words.word) < 3 or coalesce(words.word <> records.house_number, true))
        and (
            words.kind in ('role', 'attached', 'place')
            or words.word = records.city
            or length(words.word) = 1
            or {{ number_in('words.word') }} is not null
        )
),

marker_words as (
    select record_id, {{ sorted_set('word') }} as marker_words from telling
    group by record_id
),

-- What is neither a trade nor a role, a place or a number.
named_words as (
    select record_id, {{ sorted_set('word') }} as named_words from words
    where is_main and kind = 'own' and length(word) >= 3
    group by record_id
),

role_words as (
    select record_id, {{ sorted_set('word') }} as role_words from telling
    where is_role
    group by record_id
),

attached_words as (
    select record_id, {{ sorted_set('word') }} as attached_words from telling
    where is_attached
    group by record_id
),

number_words as (
    select record_id, {{ sorted_set('word') }} as number_words from telling
    where is_number
    group by record_id
),

final as (
    select
        named.record_id,
        named.names,
        {{ joined_list('main_names.sorted_words', "' '") }} as name_key,
        {{ joined_list('main_names.words', "''") }} as name_letters,
        main_names.spelling_key,
        main_names.core_word,
        coalesce(main_names.is_telling_name, false) as is_telling_name,
        coalesce(main_names.is_long_name, false) as is_long_name,
        {{ initials('main_names.words') }} as initials,
        coalesce(marker_words.marker_words, {{ empty_list() }}) as marker_words,
        {{ list_without('main_names.sorted_words', 'coalesce(marker_words.marker_words, ' ~ empty_list() ~ ')') }} as own_words,
        named_words.named_words,
        role_words.role_words,
        coalesce(attached_words.attached_words, {{ empty_list() }}) as attached_words,
        coalesce(number_words.number_words, {{ empty_list() }}) as number_words
    from named
    left join main_names on named.record_id = main_names.record_id
    left join marker_words on named.record_id = marker_words.record_id
    left join named_words on named.record_id = named_words.record_id
    left join role_words on named.record_id = role_words.record_id
    left join attached_words on named.record_id = attached_words.record_id
    left join number_words on named.record_id = number_words.record_id
)

select * from final
