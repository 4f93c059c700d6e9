-- One row per pair of customer records that are likely one, with what policy makes of it: automatic, or review or rejected, and why.
with pairs as (
    select * from {{ ref('int_customer_objections') }}
),

thresholds as (
    select * from {{ ref('match_thresholds') }}
    where entity = 'customer'
),

clusters as (
    select record_id, cluster_id from {{ ref('int_customers_by_name_and_country') }}
),

rated as (
    select
        pairs.*,
        lefts.cluster_id as left_cluster_id,
        rights.cluster_id as right_cluster_id,
        pairs.objection is null and pairs.probability >= thresholds.automatic_from as is_candidate,
        -- The odds, in whole steps of two, so that candidates can be compared near certainty.
        ln(pairs.probability / greatest(1 - pairs.probability, 0.0000005)) as log_odds,
        ln(thresholds.ambiguous_within) as margin
    from pairs
    cross join thresholds
    inner join clusters as lefts on pairs.left_record_id = lefts.record_id
    inner join clusters as rights on pairs.right_record_id = rights.record_id
),

candidates as (
    select left_cluster_id as cluster_id, right_cluster_id as other_cluster_id, right_system as other_system, log_odds, margin
    from rated
    where is_candidate
    union all
    select right_cluster_id, left_cluster_id, left_system, log_odds, margin
    from rated
    where is_candidate
),

-- By cluster: what the exact rules joined is one candidate.
ranked as (
    select
        cluster_id,
        other_system,
        other_cluster_id,
        max(log_odds) as log_odds,
        max(margin) as margin
    from candidates
    group by cluster_id, other_system, other_cluster_id
),

joined as (
    select distinct cluster_id, other_cluster_id from ranked
),

apart as (
    select left_cluster_id as cluster_id, right_cluster_id as other_cluster_id from rated where is_apart
    union
    select right_cluster_id, left_cluster_id from rated where is_apart
),

-- Two candidates that are not each other's, of one system or with something between them that says so: at most the one that is
-- clearly ahead is taken.
rivals as (
    select
        one.cluster_id,
        one.other_cluster_id,
        max(case when other.log_odds > one.log_odds - one.margin then 1 else 0 end) = 1 as is_ambiguous
    from ranked as one
    inner join ranked as other on one.cluster_id = other.cluster_id
    left join joined on one.other_cluster_id = joined.cluster_id and other.other_cluster_id = joined.other_cluster_id
    left join apart on one.other_cluster_id = apart.cluster_id and other.other_cluster_id = apart.other_cluster_id
    where
        one.other_cluster_id <> other.other_cluster_id
        and joined.cluster_id is null
        and (one.other_system = other.other_system or apart.cluster_id is not null)
    group by one.cluster_id, one.other_cluster_id
),

final as (
    select
        rated.left_record_id,
        rated.right_record_id,
        rated.left_system,
        rated.right_system,
        rated.probability,
        rated.name_level,
        rated.address_level,
        rated.phone_level,
        rated.web_level,
        rated.numbers_level,
        rated.country_level,
        rated.legal_form_level,
        rated.support_count,
        rated.is_apart,
        rated.left_record_id || ' = ' || rated.right_record_id as pair_id,
        case
            when rated.is_candidate and coalesce(left_rivals.is_ambiguous, false) = false and coalesce(right_rivals.is_ambiguous, false) = false
                then 'automatic'
            when rated.is_rejected then 'rejected'
            else 'review'
        end as link_status,
        case
            when rated.objection is not null then rated.objection
            when not rated.is_candidate then 'not sure enough'
            when left_rivals.is_ambiguous or right_rivals.is_ambiguous then 'more than one record could be meant'
        end as held_back_by
    from rated
    left join rivals as left_rivals
        on rated.left_cluster_id = left_rivals.cluster_id and rated.right_cluster_id = left_rivals.other_cluster_id
    left join rivals as right_rivals
        on rated.right_cluster_id = right_rivals.cluster_id and rated.left_cluster_id = right_rivals.other_cluster_id
)

select * from final
