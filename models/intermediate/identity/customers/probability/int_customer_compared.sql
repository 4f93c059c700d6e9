-- One row per customer record, as it goes into the comparison: its profile, the keys it is compared under and its cluster so far.
with profiles as (
    select * from {{ ref('int_customer_profiles') }}
),

block_keys as (
    select
        record_id,
        {{ list_in_order('block_key', ['block_key']) }} as block_keys
    from {{ ref('int_customer_block_keys') }}
    group by record_id
),

clusters as (
    select * from {{ ref('int_customers_by_name_and_country') }}
),

final as (
    select
        profiles.*,
        clusters.cluster_id,
        block_keys.block_keys
    from profiles
    inner join clusters on profiles.record_id = clusters.record_id
    inner join block_keys on profiles.record_id = block_keys.record_id
)

select * from final
