-- One row per load and table of a system: how many records arrived, and whether the load's checks refused them.
with arrived as (
    {% for system in (var('systems') or {}) %}
    select source_system, load_id, entity, new_count, changed_count, deleted_count, received_count, said_count, said_amount
    from {{ source('raw_' ~ system, 'load_log') }}
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        cast(null as {{ dbt.type_string() }}) as source_system, cast(null as {{ dbt.type_string() }}) as load_id, cast(null as {{ dbt.type_string() }}) as entity,
        0 as new_count, 0 as changed_count, 0 as deleted_count, 0 as received_count, 0 as said_count, cast(0 as decimal(38, 2)) as said_amount
    where 1 = 0
    {% endfor %}
),

loads as (
    select * from {{ source('tieout_meta', 'loads') }}
),

renamed as (
    select
        arrived.source_system,
        arrived.load_id,
        arrived.entity as source_entity,
        arrived.new_count + arrived.changed_count + arrived.deleted_count as record_count,
        arrived.new_count,
        arrived.deleted_count,
        arrived.received_count,
        arrived.said_count,
        cast(arrived.said_amount as decimal(18, 2)) as said_amount,
        loads.landed_at,
        loads.status = 'rejected' as is_rejected
    from arrived
    inner join loads on arrived.load_id = loads.load_id
    where loads.landed_at <= {{ known_at() }}
)

select * from renamed
