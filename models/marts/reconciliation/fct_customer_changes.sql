-- One row per change by which a record came to another customer than in the run before: two customers became one, or
-- one came apart.
with past as (
    select * from {{ source('history', 'customer_changes') }}
    where happened_on <= {{ as_of() }}
),

-- A build of a past day changes nobody.
remembered as (
    select * from {{ source('history', 'customer_keys') }}
    where {{ as_of() }} >= (select max(latest.known_on) from {{ source('history', 'customer_keys') }} as latest)
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

ties as (
    select * from {{ ref('int_customer_ties') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'customer'
),

judged as (
    select record_id, decision, decided_by, reason
    from (
        select left_record_id as record_id, pair_id, decision, decided_by, reason, decided_on from decisions
        union all
        select right_record_id, pair_id, decision, decided_by, reason, decided_on from decisions
    ) as sides
    qualify row_number() over (
        partition by record_id, decision
        order by decided_on desc nulls last, pair_id asc nulls last
    ) = 1
),

current_keys as (
    select distinct customer_key from keys
),

moved as (
    select
        keys.record_id,
        keys.source_system,
        keys.customer_id,
        ties.match_rule,
        remembered.customer_key as from_customer_key,
        keys.customer_key as to_customer_key,
        case when current_keys.customer_key is null then 'merged' else 'split' end as change
    from keys
    inner join remembered on keys.source_system = remembered.source_system and keys.customer_id = remembered.customer_id
    left join ties on keys.record_id = ties.record_id
    left join current_keys on remembered.customer_key = current_keys.customer_key
    where keys.customer_key <> remembered.customer_key
),

fresh as (
    select
        {{ make_key(['moved.source_system', 'moved.customer_id', 'moved.from_customer_key', 'moved.to_customer_key', as_of()]) }}
            as customer_change_key,
        moved.change,
        moved.from_customer_key,
        moved.to_customer_key,
        moved.source_system,
        moved.customer_id,
        case
            when judged.decision is not null then judged.decided_by || ' decided: ' || judged.reason
            when moved.change = 'merged' then 'joined by ' || coalesce(moved.match_rule, 'a record that both are')
            else 'nothing joins them any more'
        end as reason,
        {{ as_of() }} as happened_on,
        true as is_new
    from moved
    left join judged
        on moved.record_id = judged.record_id and judged.decision = case moved.change when 'merged' then 'same' else 'different' end
),

final as (
    select customer_change_key, change, from_customer_key, to_customer_key, source_system, customer_id, reason, happened_on, false as is_new
    from past
    union all
    select fresh.*
    from fresh
    left join past on fresh.customer_change_key = past.customer_change_key
    where past.customer_change_key is null
)

select * from final
