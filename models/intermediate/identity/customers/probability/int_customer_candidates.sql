-- One row per scored pair of customer records, by the clusters that the exact rules put them in: whether it would be taken by itself.
with pairs as (
    select * from {{ ref('int_customer_objections') }}
),

thresholds as (
    select * from {{ ref('match_thresholds') }}
    where entity = 'customer'
),

clusters as (
    select record_id, cluster_id, count(*) over (partition by cluster_id) as record_count
    from {{ ref('int_customers_by_name_and_country') }}
),

systems as (
    select
        clusters.cluster_id,
        {{ sorted_set('records.source_system') }} as systems
    from clusters
    inner join {{ ref('int_customer_records') }} as records on clusters.record_id = records.record_id
    group by clusters.cluster_id
),

placed as (
    select
        pairs.*,
        lefts.cluster_id as left_cluster_id,
        rights.cluster_id as right_cluster_id,
        lefts.record_count as left_size,
        rights.record_count as right_size,
        pairs.is_sure_by_name or (
            pairs.is_slip_if_seldom
            and greatest(lefts.record_count, rights.record_count) >= 5 * least(lefts.record_count, rights.record_count)
        ) as is_sure
    from pairs
    inner join clusters as lefts on pairs.left_record_id = lefts.record_id
    inner join clusters as rights on pairs.right_record_id = rights.record_id
),

final as (
    select
        pairs.left_record_id || ' = ' || pairs.right_record_id as pair_id,
        pairs.left_record_id,
        pairs.right_record_id,
        pairs.left_cluster_id,
        pairs.right_cluster_id,
        left_systems.systems as left_systems,
        right_systems.systems as right_systems,
        pairs.left_size,
        pairs.right_size,
        case
            when pairs.objection is null and pairs.is_sure then cast(greatest(pairs.match_weight, {{ var('bits_of_a_name') }}) as decimal(9, 3))
            when pairs.objection is null and pairs.probability >= thresholds.automatic_from then pairs.match_weight
            -- Names that could be one say nothing against it.
            when pairs.name_level >= 4 then 0
            else least(pairs.match_weight, 0)
        end as weight,
        pairs.objection is null and (pairs.probability >= thresholds.automatic_from or pairs.is_sure) as is_candidate,
        pairs.is_apart,
        pairs.is_unlike,
        -- In bits, as the weights of links are.
        cast(log2(thresholds.ambiguous_within) as decimal(9, 3)) as rival_bits
    from placed as pairs
    cross join thresholds
    inner join systems as left_systems on pairs.left_cluster_id = left_systems.cluster_id
    inner join systems as right_systems on pairs.right_cluster_id = right_systems.cluster_id
)

select * from final
