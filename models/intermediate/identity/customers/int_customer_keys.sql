-- One row per customer record, with the key of the customer it is: the one that its customer had in the run before,
-- else that of the record that speaks for the cluster.
with clusters as (
    select record_id, cluster_id from {{ ref('int_customer_clusters') }}
),

-- What the exact rules put together and similarity joined.
joined as (
    select left_cluster_id as cluster_id, joined_cluster_id from {{ ref('int_customer_links') }}
    where link_status = 'automatic'
    union
    select right_cluster_id as cluster_id, joined_cluster_id from {{ ref('int_customer_links') }}
    where link_status = 'automatic'
),

-- Who speaks for a customer: what was merged away last, the CRM's records first, then the oldest. Nothing that a record
-- arriving later could change.
records as (
    select
        customers.source_system || '|' || customers.customer_id as record_id,
        customers.source_system,
        customers.customer_id,
        row_number() over (
            order by
                mergers.customer_id is not null nulls last,
                systems.is_crm desc nulls last,
                customers.created_at asc nulls last,
                customers.source_system asc nulls last,
                customers.customer_id asc nulls last
        ) as seniority
    from {{ ref('cnf_customers') }} as customers
    inner join {{ ref('int_source_systems') }} as systems on customers.source_system = systems.source_system
    left join {{ ref('int_customer_merges') }} as mergers
        on customers.source_system = mergers.source_system and customers.customer_id = mergers.customer_id
),

-- A key says who, not when: a build of a past day gives the same ones.
remembered as (
    select * from {{ source('history', 'customer_keys') }}
),

members as (
    select
        clusters.record_id,
        coalesce(joined.joined_cluster_id, clusters.cluster_id) as cluster_id,
        records.source_system,
        records.customer_id,
        records.seniority,
        {{ make_key(['records.source_system', 'records.customer_id']) }} as own_key,
        remembered.customer_key as remembered_key
    from clusters
    inner join records on clusters.record_id = records.record_id
    left join joined on clusters.cluster_id = joined.cluster_id
    left join remembered on records.source_system = remembered.source_system and records.customer_id = remembered.customer_id
),

-- Where a customer came apart, its key stays with the record that gave it, else with the one that speaks for it.
heirs as (
    select customer_key, cluster_id, seniority
    from (
        select
            remembered_key as customer_key,
            cluster_id,
            min(seniority) as seniority,
            max(case when own_key = remembered_key then 1 else 0 end) as has_given_it
        from members
        where remembered_key is not null
        group by remembered_key, cluster_id
    ) as parts
    qualify row_number() over (
        partition by customer_key
        order by has_given_it desc nulls last, seniority asc nulls last
    ) = 1
),

-- Where customers came together, the key of the one that speaks for them all stays.
kept as (
    select
        cluster_id,
        customer_key
    from heirs
    qualify row_number() over (partition by cluster_id order by seniority asc nulls last) = 1
),

ranked as (
    select
        members.*,
        first_value(members.source_system) over (
            partition by members.cluster_id
            order by members.seniority nulls last
        ) as spokes_system,
        first_value(members.customer_id) over (
            partition by members.cluster_id
            order by members.seniority nulls last
        ) as spokes_id,
        row_number() over (partition by members.cluster_id order by members.seniority nulls last) as position
    from members
),

-- A key that some customer has had is nobody else's.
used as (
    select distinct customer_key from remembered
),

final as (
    select
        coalesce(
            kept.customer_key,
            case
                when used.customer_key is null then {{ make_key(['ranked.spokes_system', 'ranked.spokes_id']) }}
                else {{ make_key(['ranked.spokes_system', 'ranked.spokes_id', "'apart'"]) }}
            end
        ) as customer_key,
        ranked.record_id,
        ranked.source_system,
        ranked.customer_id,
        ranked.position
    from ranked
    left join kept on ranked.cluster_id = kept.cluster_id
    left join used on {{ make_key(['ranked.spokes_system', 'ranked.spokes_id']) }} = used.customer_key
)

select * from final
