-- One row per customer, product, person or job record and what it is joined to or might be: what speaks for it, what against, and what hangs on it.
with products as (
    select * from {{ ref('int_product_candidates') }}
),

people as (
    select * from {{ ref('int_person_candidates') }}
),

jobs as (
    select * from {{ ref('dim_job') }}
),

joined_customers as (
    select * from {{ ref('int_customer_joined') }}
),

suggested as (
    select *
    from {{ ref('xref_job') }}
    where candidates is not null and match_status = 'suggested'
),

named as (
    select
        source_system,
        source_entity,
        source_id,
        {{ each_match('candidates', '[^, ]+') }} as candidate_key
    from suggested
),

by_amount as (
    select * from {{ ref('int_line_suggestions') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'job'
),

events as (
    select * from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order', 'invoiced', 'credited')
),

amounts_of_records as (
    select
        source_system,
        source_entity,
        source_id,
        sum(reporting_amount) as amount
    from events
    group by source_system, source_entity, source_id
),

-- What a product has booked or been billed, whichever is more.
amounts_of_products as (
    select
        product_key,
        greatest(
            sum(case when stage in ('booked', 'change_order') then reporting_amount else 0 end),
            sum(case when stage in ('invoiced', 'credited') then reporting_amount else 0 end),
            0
        ) as amount
    from events
    group by product_key
),

keys_of_products as (
    select source_system, source_id, product_key
    from {{ ref('xref_product') }}
    where source_entity = 'products'
),

of_jobs as (
    select
        'job' as entity,
        named.source_system,
        named.source_entity,
        named.source_id,
        cast(null as {{ dbt.type_string() }}) as record_name,
        named.candidate_key,
        jobs.source_system as candidate_system,
        jobs.job_id as candidate_id,
        coalesce(jobs.job_ref, jobs.job_id) as candidate_name,
        suggested.match_rule,
        rules.probability as match_probability,
        suggested.match_status,
        nullif(concat_ws(
            '; ',
            case
                when by_amount.kind is not null
                    then
                        'open work of ' || by_amount.document_amount || ' from ' || by_amount.delivery_count
                        || ' deliveries until ' || by_amount.last_on || ' is worth what it asks for'
                else 'it names this job among others, or its customer has it open'
            end
        ), '') as evidence_for,
        nullif(concat_ws(
            '; ',
            case
                when count(*) over (partition by named.source_system, named.source_entity, named.source_id) > 1
                    then count(*) over (partition by named.source_system, named.source_entity, named.source_id) || ' jobs could be meant'
            end,
            case when by_amount.kind is not null then 'nothing on it names the job' end
        ), '') as evidence_against,
        coalesce(amounts_of_records.amount, 0) as amount
    from named
    inner join suggested
        on named.source_system = suggested.source_system and named.source_entity = suggested.source_entity and named.source_id = suggested.source_id
    inner join jobs on named.candidate_key = jobs.job_key
    left join by_amount
        on
            named.source_system = by_amount.source_system
            and case when named.source_entity = 'invoice_lines' then named.source_id end = by_amount.invoice_line_id
            and named.candidate_key = by_amount.job_key
    left join rules on suggested.match_rule = rules.match_rule
    left join amounts_of_records
        on
            named.source_system = amounts_of_records.source_system
            and named.source_entity = amounts_of_records.source_entity
            and named.source_id = amounts_of_records.source_id
),

of_products as (
    select
        'product' as entity,
        products.source_system,
        'products' as source_entity,
        products.product_id as source_id,
        products.product_name as record_name,
        products.candidate_key,
        products.candidate_system,
        products.candidate_id,
        products.candidate_name,
        products.match_rule,
        products.match_probability,
        products.match_status,
        products.evidence_for,
        products.evidence_against,
        -- Of two products the one with less would move; of one, all of it rests on what joins its records.
        case
            when keys_of_products.product_key = products.candidate_key then coalesce(own.amount, 0)
            else least(coalesce(own.amount, 0), coalesce(other.amount, 0))
        end as amount
    from products
    inner join keys_of_products on products.source_system = keys_of_products.source_system and products.product_id = keys_of_products.source_id
    left join amounts_of_products as own on keys_of_products.product_key = own.product_key
    left join amounts_of_products as other on products.candidate_key = other.product_key
),

-- What was delivered by a person, at the price agreed for it.
amounts_of_people as (
    select person_key, sum(reporting_amount) as amount from {{ ref('fct_stage_events') }}
    where stage = 'delivered'
    group by person_key
),

of_people as (
    select
        'person' as entity,
        people.source_system,
        'people' as source_entity,
        people.person_id as source_id,
        people.person_name as record_name,
        people.candidate_key,
        people.candidate_system,
        people.candidate_id,
        people.candidate_name,
        people.match_rule,
        people.match_probability,
        people.match_status,
        people.evidence_for,
        people.evidence_against,
        case
            when keys_of_people.person_key = people.candidate_key then coalesce(own.amount, 0)
            else least(coalesce(own.amount, 0), coalesce(other.amount, 0))
        end as amount
    from people
    inner join {{ ref('xref_person') }} as keys_of_people
        on
            people.source_system = keys_of_people.source_system
            and people.person_id = keys_of_people.source_id
            and keys_of_people.source_entity = 'people'
    left join amounts_of_people as own on keys_of_people.person_key = own.person_key
    left join amounts_of_people as other on people.candidate_key = other.person_key
),

customers as (
    select * from {{ ref('cnf_customers') }}
),

-- Its own system says so: nothing is asked, and the row is there to be seen.
of_merged_customers as (
    select
        'customer' as entity,
        mergers.source_system,
        xref_customer.source_entity,
        mergers.customer_id as source_id,
        merged.customer_name as record_name,
        xref_customer.customer_key as candidate_key,
        mergers.source_system as candidate_system,
        mergers.survivor_id as candidate_id,
        survivors.customer_name as candidate_name,
        xref_customer.match_rule,
        xref_customer.match_probability,
        xref_customer.match_status,
        mergers.source_system || ' merged it into ' || coalesce(survivors.customer_name, mergers.survivor_id) as evidence_for,
        cast(null as {{ dbt.type_string() }}) as evidence_against,
        0 as amount
    from {{ ref('int_customer_merges') }} as mergers
    inner join {{ ref('xref_customer') }} as xref_customer
        on mergers.source_system = xref_customer.source_system and mergers.customer_id = xref_customer.source_id
    left join customers as merged on mergers.source_system = merged.source_system and mergers.customer_id = merged.customer_id
    left join customers as survivors on mergers.source_system = survivors.source_system and mergers.survivor_id = survivors.customer_id
    where xref_customer.match_rule = 'merged'
),

-- What a customer has booked or been billed in a system, whichever is more.
amounts_of_customers as (
    select
        customer_key,
        source_system,
        greatest(
            sum(case when stage in ('booked', 'change_order') then reporting_amount else 0 end),
            sum(case when stage in ('invoiced', 'credited') then reporting_amount else 0 end),
            0
        ) as amount
    from events
    group by customer_key, source_system
),

-- Why a record is of its customer, where its own system has not merged it.
of_customers as (
    select
        'customer' as entity,
        joined_customers.source_system,
        'customers' as source_entity,
        joined_customers.customer_id as source_id,
        joined_customers.record_name,
        joined_customers.customer_key as candidate_key,
        joined_customers.candidate_system,
        joined_customers.candidate_id,
        joined_customers.candidate_name,
        joined_customers.match_rule,
        joined_customers.match_probability,
        joined_customers.match_status,
        joined_customers.evidence_for,
        joined_customers.evidence_against,
        coalesce(amounts_of_customers.amount, 0) as amount
    from joined_customers
    left join amounts_of_customers
        on joined_customers.customer_key = amounts_of_customers.customer_key and joined_customers.source_system = amounts_of_customers.source_system
    where joined_customers.match_rule <> 'merged'
),

final as (
    select
        {{ make_key(['entity', 'source_system', 'source_entity', 'source_id', 'candidate_key']) }} as match_candidate_key,
        entity,
        source_system,
        source_entity,
        source_id,
        record_name,
        candidate_key,
        candidate_system,
        candidate_id,
        candidate_name,
        match_rule,
        match_probability,
        match_status,
        evidence_for,
        evidence_against,
        cast(amount as decimal(18, 2)) as amount_at_stake,
        match_status = 'suggested' as is_question
    from (
        select * from of_jobs
        union all
        select * from of_products
        union all
        select * from of_people
        union all
        select * from of_customers
        union all
        select * from of_merged_customers
    ) as candidates
)

select * from final
