-- One row per customer record, name it goes by and word of it, in the form in which words are compared.
with names as (
    select distinct
        record_id,
        is_main,
        name
    from {{ ref('int_customer_names') }}
),

spelled as (
    select * from {{ ref('name_words') }}
),

split as (
    select
        record_id,
        is_main,
        name,
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
        word,
        own_spelling,
        kind
    from read
    where word <> '' and (kind <> 'joining' or is_joining_only = 1)
),

counted as (
    select
        word,
        count(distinct record_id) as record_count
    from kept
    group by word
),

final as (
    select
        kept.record_id,
        kept.is_main,
        kept.name,
        kept.place,
        kept.word,
        kept.own_spelling,
        kept.kind,
        counted.record_count
    from kept
    inner join counted on kept.word = counted.word
)

select * from final
