-- One row per customer record that was merged into another of its system, with the one that lives on after all mergers.
with recursive mergers as (
    select * from {{ ref('cnf_customer_merges') }}
),

-- A survivor may have been merged since; a system whose mergers go in a circle is not followed for ever.
chains as (
    select source_system, customer_id, survivor_id, 1 as steps from mergers
    union all
    select chains.source_system, chains.customer_id, mergers.survivor_id, chains.steps + 1
    from chains
    inner join mergers on chains.source_system = mergers.source_system and chains.survivor_id = mergers.customer_id
    where chains.steps < 20 and mergers.survivor_id <> chains.customer_id
),

final as (
    select
        source_system,
        customer_id,
        survivor_id
    from chains
    qualify row_number() over (
        partition by source_system, customer_id
        order by steps desc nulls last, survivor_id asc nulls last
    ) = 1
)

select * from final
