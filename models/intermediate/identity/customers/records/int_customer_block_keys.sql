-- One row per customer record and key under which it is compared with others that have the same: what no key brings together is never compared.
with clusters as (
    select record_id, cluster_id from {{ ref('int_customers_by_name_and_country') }}
),

profiles as (
    select * from {{ ref('int_customer_profiles') }}
),

words as (
    select distinct
        record_id,
        word,
        record_count
    from {{ ref('int_customer_words') }}
),

-- The rarest words of a record; a word alone is a key only while few have it.
rare_words as (
    select
        words.record_id,
        words.word,
        row_number() over (
            partition by words.record_id
            order by words.record_count asc nulls last, words.word asc nulls last
        ) as rarity
    from words
    where length(words.word) > 1
),

rare as (
    select
        rare_words.record_id,
        rare_words.word,
        rare_words.rarity,
        profiles.postal_code,
        profiles.postal_area,
        profiles.city
    from rare_words
    inner join profiles on rare_words.record_id = profiles.record_id
    where rare_words.rarity <= 3
),

keyed as (
    select record_id, 'tax number ' || tax_number as block_key from profiles
    union
    select record_id, 'register number ' || registration_number from profiles
    union
    select record_id, 'phone ' || phone from profiles
    union
    select record_id, 'phone tail ' || phone_tail from profiles
    union
    select record_id, 'house ' || door from profiles
    union
    select record_id, 'house number ' || house_number || ' ' || substr(street, 1, 3) from profiles
    union
    select record_id, 'domain ' || domain from profiles
    union
    select record_id, 'label ' || domain_label from profiles where length(domain_label) >= 4
    union
    -- A company's domain often is its name.
    select record_id, 'label ' || lower(name_letters) from profiles where length(name_letters) >= 4
    union
    select record_id, 'email ' || free_email from profiles
    union
    select record_id, 'name ' || name_key from profiles
    union
    select record_id, 'letters ' || name_letters from profiles
    union
    select record_id, 'letters in ' || coalesce(city, '') || ' ' || substr(name_letters, 1, 4) from profiles
    union
    select record_id, 'letters at ' || postal_code || ' ' || substr(name_letters, 1, 3) from profiles
    union
    select record_id, 'last letters in ' || coalesce(postal_area, city, '') || ' ' || {{ dbt.right('name_letters', 5) }} from profiles
    union
    -- A typing error at one end leaves the other end as it is.
    select record_id, 'first letters ' || substr(name_letters, 1, 8) from profiles where length(name_letters) >= 8
    union
    select record_id, 'last letters ' || {{ dbt.right('name_letters', 8) }} from profiles where length(name_letters) >= 8
    union
    select record_id, 'consonants ' || {{ consonants('name_key') }} from profiles where length(name_letters) >= 6
    union
    select record_id, 'door ' || postal_code || ' ' || house_number from profiles
    union
    select record_id, 'initials in ' || coalesce(postal_area, city) || ' ' || initials from profiles where length(initials) >= 3
    union
    select record_id, 'initials in ' || coalesce(postal_area, city) || ' ' || name_letters from profiles where length(name_letters) between 3 and 6
    union
    select record_id, 'word ' || word from rare
    union
    select record_id, 'word at ' || postal_code || ' ' || word from rare
    union
    select record_id, 'word in ' || coalesce(city, postal_area) || ' ' || word from rare
    union
    select record_id, 'consonants in ' || coalesce(city, postal_area) || ' ' || {{ consonants('word') }} from rare where length(word) >= 4
    union
    select
        one.record_id,
        'words ' || least(one.word, other.word) || ' ' || greatest(one.word, other.word)
    from rare as one
    inner join rare as other on one.record_id = other.record_id and one.rarity < other.rarity
),

sizes as (
    select
        keyed.block_key,
        count(distinct clusters.cluster_id) as cluster_count,
        count(*) as record_count
    from keyed
    inner join clusters on keyed.record_id = clusters.record_id
    where keyed.block_key is not null
    group by keyed.block_key
),

-- A key that many share would compare each with each, and says little: narrower ones take its place. What is one already counts as one.
final as (
    select
        keyed.record_id,
        keyed.block_key
    from keyed
    inner join sizes on keyed.block_key = sizes.block_key
    where sizes.cluster_count between 2 and {{ var('block_records') }} and sizes.record_count <= 8 * {{ var('block_records') }}
)

select * from final
