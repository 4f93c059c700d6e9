-- One row per product record, with the key of the product it is: the key of the record that speaks for the cluster.
with clusters as (
    select * from {{ ref('int_product_clusters') }}
),

records as (
    select * from {{ ref('int_product_records') }}
),

ranked as (
    select
        clusters.record_id,
        clusters.cluster_id,
        clusters.match_rule,
        records.source_system,
        records.product_id,
        first_value(records.source_system) over (
            partition by clusters.cluster_id
            order by records.seniority nulls last
        ) as spokes_system,
        first_value(records.product_id) over (
            partition by clusters.cluster_id
            order by records.seniority nulls last
        ) as spokes_id,
        row_number() over (partition by clusters.cluster_id order by records.seniority nulls last) as position
    from clusters
    inner join records on clusters.record_id = records.record_id
),

final as (
    select
        {{ make_key(['spokes_system', 'spokes_id']) }} as product_key,
        record_id,
        source_system,
        product_id,
        match_rule,
        position
    from ranked
)

select * from final
