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
        || case when is_form_slip then '?' else '' end as marked_word
    from words
),

names as (
    select
        record_id,
        is_main,
        name,
        {{ joined_in_order('marked_word', "' '", ['place']) }} as words
    from marked
    group by record_id, is_main, name
),

named as (
    select
        record_id,
        -- All names it goes by, as pipelines/tieout/identity/names.py reads them: a star stands after a word that many have, a question mark after
        -- one that may be a legal form, mistyped.
        {{ joined_in_order('words', "'|'", ['is_main desc', 'name asc']) }} as names
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
                case kind when 'own' then 0 when 'plain' then 1 when 'place' then 2 when 'role' then 3 else 4 end asc nulls last,
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
        max(case when weight_rank = 1 then word end) as core_word
    from main_words
    group by record_id
),

-- Words that tell the companies of one group, the branches of one chain or the numbers of one series apart.
telling as (
    select
        words.record_id,
        words.word,
        words.kind = 'role' as is_role,
        {{ number_in('words.word') }} is not null as is_number
    from words
    inner join records on words.record_id = records.record_id
    where
        words.is_main
        -- The number of its own house in its name tells it from nobody at that door.
        and (length(words.word) < 3 or coalesce(words.word <> records.house_number, true))
        and (
            words.kind in ('role', 'place')
            or words.word = records.city
            or length(words.word) = 1
            or {{ number_in('words.word') }} is not null
        )
),

marker_words as (
    select record_id, {{ sorted_set('word') }} as marker_words from telling
    group by record_id
),

role_words as (
    select record_id, {{ sorted_set('word') }} as role_words from telling
    where is_role
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
        main_names.core_word,
        {{ initials('main_names.words') }} as initials,
        coalesce(marker_words.marker_words, {{ empty_list() }}) as marker_words,
        {{ list_without('main_names.sorted_words', 'coalesce(marker_words.marker_words, ' ~ empty_list() ~ ')') }} as own_words,
        role_words.role_words,
        coalesce(number_words.number_words, {{ empty_list() }}) as number_words
    from named
    left join main_names on named.record_id = main_names.record_id
    left join marker_words on named.record_id = marker_words.record_id
    left join role_words on named.record_id = role_words.record_id
    left join number_words on named.record_id = number_words.record_id
)

select * from final
