-- One row per customer record: it may be the same customer as another record of its own system, and nobody has decided.
-- A system that does not say when it entered a customer has known it since its first document, or longer: since the last change of its record.
with first_documents as (
    select source_system, customer_id, min(issued_on) as first_on from {{ ref('cnf_invoices') }}
    group by source_system, customer_id
),

records as (
    select
        xref.*,
        customers.customer_name,
        customers.landed_at,
        least(
            coalesce(
                cast(customers.created_at as date),
                least(
                    coalesce(first_documents.first_on, cast(customers.landed_at as date)),
                    cast(coalesce(customers.updated_at, customers.landed_at) as date)
                )
            ),
            {{ as_of() }}
        ) as created_on
    from {{ ref('xref_customer') }} as xref
    inner join {{ ref('cnf_customers') }} as customers
        on xref.source_system = customers.source_system and xref.source_id = customers.customer_id
    left join first_documents on xref.source_system = first_documents.source_system and xref.source_id = first_documents.customer_id
    -- A record that its own system merged away is nobody's duplicate any more.
    left join {{ ref('int_customer_merges') }} as mergers
        on xref.source_system = mergers.source_system and xref.source_id = mergers.customer_id
    where mergers.customer_id is null
),

-- Two records of one system that are one customer are a duplicate there; the oldest is the one to keep.
within_system as (
    select
        *,
        row_number() over (
            partition by source_system, customer_key
            order by created_on nulls last, source_id nulls last
        ) as position,
        first_value(source_id) over (
            partition by source_system, customer_key
            order by created_on nulls last, source_id nulls last
        ) as first_id
    from records
),

-- A suggestion is a pair: it is the younger record that is asked about.
suggested as (
    select
        records.source_system,
        records.source_id,
        min(others.source_id) as other_id
    from records
    inner join records as others on records.runner_up_key = others.customer_key and records.source_system = others.source_system
    where others.created_on < records.created_on or (others.created_on = records.created_on and others.source_id < records.source_id)
    group by records.source_system, records.source_id
),

billed as (
    select customer_key, sum(case when stage in ('invoiced', 'credited') then reporting_amount else 0 end) as revenue_amount
    from {{ ref('fct_stage_events') }}
    group by customer_key
),

rules as (
    {{ control_rules('possible_duplicate_customer') }}
),

examined as (
    select
        within_system.source_id as entity_id,
        within_system.source_system,
        within_system.customer_key,
        within_system.created_on as occurred_on,
        within_system.customer_name,
        within_system.match_rule,
        within_system.runner_up_probability,
        others.source_id as other_customer_id,
        '{{ var("reporting_currency") }}' as currency,
        cast(null as decimal(18, 2)) as expected_amount,
        cast(null as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(coalesce(billed.revenue_amount, 0) as decimal(18, 2)) as examined_amount,
        case when within_system.position > 1 then 'twice_in_one_system' else 'suggested' end as cause,
        'Decide in seeds/customer_links.csv whether {record} (' || within_system.source_id || ') is '
        || coalesce(others.customer_name, 'the customer') || ' (' || others.source_id || ')' as suggested_action,
        (within_system.position > 1 or suggested.source_id is not null)
        and within_system.decided_by is null
        and {{ window_passed('within_system.created_on') }} as is_exception
    from within_system
    inner join rules on {{ in_force('within_system.created_on') }}
    left join suggested on within_system.source_system = suggested.source_system and within_system.source_id = suggested.source_id
    left join records as others
        on
            within_system.source_system = others.source_system
            and case when within_system.position > 1 then within_system.first_id else suggested.other_id end = others.source_id
    left join billed on within_system.customer_key = billed.customer_key
),

final as (
    {{ control_rows('possible_duplicate_customer', 'customers', has=['customer_key'],
        evidence=['customer_name', 'other_customer_id', 'match_rule', 'runner_up_probability', 'occurred_on']) }}
)

select * from final
