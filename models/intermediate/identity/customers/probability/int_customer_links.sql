-- One row per pair of customer records that are likely one, with what policy makes of it: automatic, or review or rejected, and why.
with pairs as (
    select * from {{ ref('int_customer_objections') }}
),

choices as (
    select * from {{ ref('int_customer_link_choices') }}
),

thresholds as (
    select * from {{ ref('match_thresholds') }}
    where entity = 'customer'
),

named as (
    select
        *,
        left_record_id || ' = ' || right_record_id as pair_id
    from pairs
),

final as (
    select
        named.left_record_id,
        named.right_record_id,
        named.left_system,
        named.right_system,
        named.probability,
        named.match_weight,
        named.name_level,
        named.address_level,
        named.phone_level,
        named.web_level,
        named.numbers_level,
        named.country_level,
        named.legal_form_level,
        named.support_count,
        named.is_of_lists,
        named.is_apart,
        named.pair_id,
        case
            when choices.is_taken then 'automatic'
            when (named.is_of_lists or named.is_name_only) and named.name_level >= 6 then 'review'
            when named.is_rejected or named.probability < thresholds.review_from then 'rejected'
            else 'review'
        end as link_status,
        case
            when named.objection is not null then named.objection
            when choices.pair_id is null and named.is_slip_if_seldom then 'the names differ in spelling, and nothing else agrees'
            when choices.pair_id is null then 'not sure enough'
            else choices.held_back_by
        end as held_back_by
    from named
    cross join thresholds
    left join choices on named.pair_id = choices.pair_id
)

select * from final
