-- One row per customer of a ledger that documents name, in a company that keeps customers elsewhere too: no other system knows it.
-- What was billed to a record that was merged away is its survivor's; what in several currencies, adds up in the reporting currency.
with documents as (
    select
        invoices.source_system,
        coalesce(mergers.survivor_id, invoices.customer_id) as customer_id,
        min(invoices.issued_on) as first_on,
        sum(
            case when invoices.invoice_type = 'credit_note' then -1 else 1 end
            * {{ converted('invoices.net_amount', "coalesce(record_rates.exchange_rate, rates.rate)") }}
        ) as net_amount,
        count(*) as document_count
    from {{ ref('int_live_invoices') }} as invoices
    left join {{ ref('int_customer_merges') }} as mergers
        on invoices.source_system = mergers.source_system and invoices.customer_id = mergers.customer_id
    left join {{ ref('int_record_rates') }} as record_rates
        on
            invoices.source_system = record_rates.source_system
            and invoices.invoice_id = record_rates.record_id
            and invoices.currency = record_rates.currency
            and record_rates.entity = 'invoices'
    left join {{ ref('int_control_rates') }} as rates on invoices.currency = rates.currency and invoices.issued_on = rates.rate_on
    group by invoices.source_system, coalesce(mergers.survivor_id, invoices.customer_id)
),

records as (
    select
        xref.*,
        systems.legal_entity
    from {{ ref('xref_customer') }} as xref
    inner join {{ ref('int_source_systems') }} as systems on xref.source_system = systems.source_system
),

-- Who sells or works for customers knows them.
keepers as (
    select distinct source_system from {{ ref('cnf_deals') }}
    union
    select distinct source_system from {{ ref('cnf_jobs') }}
),

known_elsewhere as (
    select distinct
        records.legal_entity,
        records.customer_key
    from records
    inner join keepers on records.source_system = keepers.source_system
),

companies as (
    select distinct legal_entity from known_elsewhere
),

names as (
    select source_system, customer_id, customer_name from {{ ref('cnf_customers') }}
),

rules as (
    {{ control_rules('customer_unmatched') }}
),

examined as (
    select
        documents.customer_id as entity_id,
        documents.source_system,
        coalesce(records.customer_key, 'unknown') as customer_key,
        documents.first_on as occurred_on,
        names.customer_name,
        documents.document_count,
        documents.first_on as first_document_on,
        records.match_status,
        records.runner_up_probability,
        '{{ var("reporting_currency") }}' as currency,
        cast(null as decimal(18, 2)) as expected_amount,
        cast(documents.net_amount as decimal(18, 2)) as actual_amount,
        cast(documents.net_amount as decimal(18, 2)) as at_risk_amount,
        cast(documents.net_amount as decimal(18, 2)) as examined_amount,
        case
            when records.match_status = 'suggested' then 'suggestion_undecided'
            when names.customer_id is null then 'no_record'
            else 'known_to_the_ledger_only'
        end
            as cause,
        'Decide in seeds/customer_links.csv who ' || coalesce(names.customer_name, documents.customer_id) || ' is' as suggested_action,
        known_elsewhere.customer_key is null as is_exception
    from documents
    inner join {{ ref('int_source_systems') }} as systems on documents.source_system = systems.source_system
    inner join companies on systems.legal_entity = companies.legal_entity
    inner join rules on {{ in_force('documents.first_on') }}
    left join records on documents.source_system = records.source_system and documents.customer_id = records.source_id
    left join known_elsewhere
        on systems.legal_entity = known_elsewhere.legal_entity and records.customer_key = known_elsewhere.customer_key
    left join names on documents.source_system = names.source_system and documents.customer_id = names.customer_id
),

final as (
    {{ control_rows('customer_unmatched', 'customers', has=['customer_key'],
        evidence=['customer_name', 'document_count', 'first_document_on', 'actual_amount', 'match_status', 'runner_up_probability']) }}
)

select * from final
