-- One row per customer record that shares a key with another customer's, as it is compared: its profile, its cluster so
-- far, and the keys under which it meets others. What no key brings together is never compared.
with profiles as (
    select * from {{ ref('int_customer_profiles') }}
),

clusters as (
    select record_id, cluster_id from {{ ref('int_customer_clusters') }}
),

words as (
    select distinct record_id, word, record_count
    from {{ ref('int_customer_words') }}
    where length(word) > 1
),

rare_words as (
    select *
    from words
    qualify row_number() over (partition by record_id order by record_count asc nulls last, word asc nulls last) <= 3
),

-- The rarest words of a record; a word alone is a key only while few have it.
rare as (
    select
        rare_words.record_id,
        rare_words.word,
        profiles.postal_code,
        coalesce(profiles.city, profiles.postal_area) as town
    from rare_words
    inner join profiles on rare_words.record_id = profiles.record_id
),

keyed as (
    select
        record_id,
        {{ each_of([
            "'tax number ' || tax_number",
            "'register number ' || registration_number",
            "'phone ' || phone",
            "'phone tail ' || phone_tail",
            "'house ' || door",
            "'house number ' || house_number || ' ' || substr(street, 1, 3)",
            "'door ' || postal_code || ' ' || house_number",
            "'domain ' || domain",
            "case when length(domain_label) >= 4 then 'label ' || domain_label end",
            "case when length(name_letters) >= 4 then 'label ' || lower(name_letters) end",
            "'email ' || free_email",
            "'name ' || name_key",
            "'letters ' || name_letters",
            "'letters in ' || coalesce(city, '') || ' ' || substr(name_letters, 1, 4)",
            "'letters at ' || postal_code || ' ' || substr(name_letters, 1, 3)",
            "'last letters in ' || coalesce(postal_area, city, '') || ' ' || " ~ dbt.right('name_letters', 5),
            "case when length(name_letters) >= 8 then 'first letters ' || substr(name_letters, 1, 8) end",
            "case when length(name_letters) >= 8 then 'last letters ' || " ~ dbt.right('name_letters', 8) ~ " end",
            "case when length(name_letters) >= 6 then 'consonants ' || " ~ consonants('name_key') ~ " end",
            "case when length(initials) >= 3 then 'initials in ' || coalesce(postal_area, city) || ' ' || initials end",
            "case when length(name_letters) between 3 and 6 then 'initials in ' || coalesce(postal_area, city) || ' ' || name_letters end",
        ]) }} as block_key
    from profiles
    union all
    select
        record_id,
        {{ each_of([
            "'word ' || word",
            "'word at ' || postal_code || ' ' || word",
            "'word in ' || town || ' ' || word",
            "case when length(word) >= 4 then 'consonants in ' || town || ' ' || " ~ consonants('word') ~ " end",
        ]) }} as block_key
    from rare
    union all
    select one.record_id, 'words ' || one.word || ' ' || other.word as block_key
    from rare as one
    inner join rare as other on one.record_id = other.record_id and one.word < other.word
),

record_blocks as (
    select distinct keyed.record_id, keyed.block_key, clusters.cluster_id
    from keyed
    inner join clusters on keyed.record_id = clusters.record_id
    where keyed.block_key is not null
),

-- A key that many share would compare each with each, and says little: narrower ones take its place. What is one
-- already counts as one.
useful_blocks as (
    select block_key
    from record_blocks
    group by block_key
    having count(distinct cluster_id) between 2 and {{ var('block_records') }} and count(*) <= 8 * {{ var('block_records') }}
),

keys as (
    select
        record_blocks.record_id,
        record_blocks.cluster_id,
        {{ list_in_order('record_blocks.block_key', ['record_blocks.block_key']) }} as block_keys
    from record_blocks
    inner join useful_blocks on record_blocks.block_key = useful_blocks.block_key
    group by record_blocks.record_id, record_blocks.cluster_id
),

final as (
    select
        profiles.*,
        keys.cluster_id,
        keys.block_keys
    from profiles
    inner join keys on profiles.record_id = keys.record_id
)

select * from final
