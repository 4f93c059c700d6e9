"""What a chain asks of the published marts."""

EVENTS = """
    select
        events.*,
        products.product_name,
        people.full_name as person_name,
        links.match_rule as job_match_rule,
        links.match_probability as job_match_probability,
        links.match_status as job_match_status,
        links.decided_by as job_decided_by
    from marts.fct_stage_events as events
    {wanted}
    left join marts.dim_product as products
        on events.product_key = products.product_key and not products.is_unknown
    left join marts.dim_person as people
        on events.person_key = people.person_key and not people.is_unknown
    left join marts.xref_job as links
        on
            events.source_system = links.source_system
            and events.source_entity = links.source_entity
            and events.source_id = links.source_id
    where {condition}
    order by events.event_on, events.source_system, events.source_entity, events.source_id, events.event_key
"""

PIECES = """
    select
        bridge.*,
        from_events.source_system as from_system,
        from_events.source_entity as from_entity,
        from_events.source_id as from_id,
        from_events.entity_label as from_label,
        to_events.source_system as to_system,
        to_events.source_entity as to_entity,
        to_events.source_id as to_id,
        to_events.entity_label as to_label
    from marts.fct_bridge as bridge
    left join marts.fct_stage_events as from_events on bridge.from_event_key = from_events.event_key
    left join marts.fct_stage_events as to_events on bridge.to_event_key = to_events.event_key
    where {condition}
    order by bridge.gap, coalesce(bridge.from_on, bridge.to_on), bridge.bridge_item_key
"""

EXCEPTIONS = """
    select * from marts.fct_exceptions as exceptions
    where {condition}
    order by counted_amount desc, value_at_risk_amount desc, exception_key
"""

OF_JOBS = "{}.job_key in (select unnest(?))"

OF_RECORDS = """
    inner join (select unnest(?) as source_system, unnest(?) as source_entity, unnest(?) as source_id) as own
        on
            events.source_system = own.source_system
            and events.source_entity = own.source_entity
            and events.source_id = own.source_id
"""

JOBS = """
    select
        jobs.*,
        customers.customer_name,
        owners.full_name as owner_name,
        deals.source_system as deal_system,
        deals.deal_id,
        deals.deal_name,
        deals.won_on,
        contracts.source_system as contract_system,
        contracts.contract_id,
        contracts.starts_on as contract_starts_on,
        contracts.billing_rule,
        contracts.billing_period,
        contracts.payment_terms_days
    from marts.dim_job as jobs
    left join marts.dim_customer as customers on jobs.customer_key = customers.customer_key
    left join marts.dim_person as owners on jobs.owner_key = owners.person_key and not owners.is_unknown
    left join marts.dim_deal as deals on jobs.deal_key = deals.deal_key and not deals.is_unknown
    left join marts.dim_contract as contracts on jobs.contract_key = contracts.contract_key and not contracts.is_unknown
    where jobs.job_key in (select unnest(?))
"""
