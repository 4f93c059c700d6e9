-- One row per deal, deal line, contract, change order, job, work order, delivery, cost and pay item, with the job that
-- a person or a rule gives it.
with refs as (
    select * from {{ ref('int_job_references') }}
),

document_links as (
    select * from {{ ref('int_document_links') }}
),

decisions as (
    select * from {{ ref('int_job_decisions') }}
),

change_orders as (
    select * from {{ ref('cnf_change_orders') }}
),

deal_jobs as (
    select * from {{ ref('int_deal_jobs') }}
),

products as (
    select * from {{ ref('xref_product') }}
    where source_entity <> 'product_codes'
),

deal_references as (
    select * from {{ ref('int_deal_references') }}
),

deals as (
    select *, {{ make_key(['source_system', 'deal_id']) }} as deal_key
    from {{ ref('cnf_deals') }}
),

contracts as (
    select *, {{ make_key(['source_system', 'contract_id']) }} as contract_key
    from {{ ref('cnf_contracts') }}
),

deal_lines as (
    select *, {{ make_key(['source_system', 'deal_id']) }} as deal_key
    from {{ ref('cnf_deal_lines') }}
),

-- A contract has a job where it is the only one.
contract_jobs as (
    select
        contract_key,
        case when count(*) = 1 then min(job_key) end as job_key,
        case when count(*) = 1 then 'contract' else 'several_jobs' end as match_rule,
        case when count(*) > 1 then {{ sorted_list('job_key') }} end as candidates
    from {{ ref('int_jobs') }}
    where contract_key is not null
    group by contract_key
),

-- A deal line goes to the only job of its deal, else to the only one of them that works on its product.
jobs_of_products as (
    select
        jobs.deal_key,
        job_products.product_key,
        min(jobs.job_key) as job_key
    from {{ ref('int_jobs') }} as jobs
    inner join {{ ref('int_job_products') }} as job_products on jobs.job_key = job_products.job_key
    where job_products.is_in_work
    group by jobs.deal_key, job_products.product_key
    having count(*) = 1
),

-- What is sold, with the job that its deal or contract has.
sales as (
    select deals.source_system, 'deals' as source_entity, deals.deal_id as source_id, deal_jobs.job_key, deal_jobs.match_rule, deal_jobs.candidates
    from deals
    left join deal_jobs on deals.deal_key = deal_jobs.deal_key
    union all
    select
        deal_lines.source_system,
        'deal_lines',
        deal_lines.deal_line_id,
        coalesce(deal_jobs.job_key, jobs_of_products.job_key),
        case
            when deal_jobs.job_key is null and jobs_of_products.job_key is not null then 'deal_and_product'
            else deal_jobs.match_rule
        end,
        case when jobs_of_products.job_key is null then deal_jobs.candidates end
    from deal_lines
    left join deal_jobs on deal_lines.deal_key = deal_jobs.deal_key
    left join products on deal_lines.source_system = products.source_system and deal_lines.product_id = products.source_id
    left join jobs_of_products
        on deal_lines.deal_key = jobs_of_products.deal_key and products.product_key = jobs_of_products.product_key
    union all
    select
        contracts.source_system,
        'contracts',
        contracts.contract_id,
        case when contract_jobs.match_rule is not null then contract_jobs.job_key else deal_jobs.job_key end,
        coalesce(contract_jobs.match_rule, deal_jobs.match_rule),
        case when contract_jobs.match_rule is not null then contract_jobs.candidates else deal_jobs.candidates end
    from contracts
    left join contract_jobs on contracts.contract_key = contract_jobs.contract_key
    left join deal_references on contracts.source_system = deal_references.source_system and contracts.deal_id = deal_references.deal_id
    left join deal_jobs on deal_references.deal_key = deal_jobs.deal_key
    union all
    select
        change_orders.source_system,
        'change_orders',
        change_orders.change_order_id,
        deal_jobs.job_key,
        deal_jobs.match_rule,
        deal_jobs.candidates
    from change_orders
    left join deal_references
        on change_orders.source_system = deal_references.source_system and change_orders.deal_id = deal_references.deal_id
    left join deal_jobs on deal_references.deal_key = deal_jobs.deal_key
),

named as (
    select source_system, 'work_orders' as source_entity, work_order_id as source_id, job_id as job_ref from {{ ref('cnf_work_orders') }}
    union all
    select source_system, 'deliveries', delivery_id, job_id from {{ ref('cnf_deliveries') }}
    union all
    select source_system, 'costs', cost_id, job_id from {{ ref('cnf_costs') }}
    union all
    select source_system, 'pay_items', pay_item_id, job_ref from {{ ref('cnf_pay_items') }}
    union all
    select source_system, 'change_orders', change_order_id, job_id from {{ ref('cnf_change_orders') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

-- The ledger's postings of a supplier's bill name the job of a cost that names only the bill; two jobs say nothing.
bills as (
    select
        costs.source_system,
        'costs' as source_entity,
        costs.cost_id as source_id,
        min(refs.job_key) as job_key
    from {{ ref('cnf_costs') }} as costs
    inner join systems on costs.source_system = systems.source_system
    inner join {{ ref('cnf_journal_lines') }} as lines on lower(trim(costs.supplier_invoice_ref)) = lower(trim(lines.document_id))
    inner join systems as ledgers on systems.legal_entity = ledgers.legal_entity and lines.source_system = ledgers.source_system
    inner join refs on lines.source_system = refs.source_system and lines.job_ref = refs.job_ref
    where costs.job_id is null and coalesce(lines.document_type, 'other') not in ('invoice', 'credit_note', 'receipt')
    group by costs.source_system, costs.cost_id
    having count(distinct refs.job_key) = 1
),

links as (
    select source_system, source_entity, source_id, job_key, match_rule, candidates
    from sales
    where source_entity <> 'change_orders'
    union all
    select source_system, 'jobs', job_id, job_key, 'own_record', cast(null as {{ dbt.type_string() }})
    from {{ ref('int_jobs') }}
    where not is_placeholder
    union all
    -- What names a job belongs there; a change order that names only its deal, to the deal's only job.
    select
        named.source_system,
        named.source_entity,
        named.source_id,
        coalesce(refs.job_key, document_links.job_key, bills.job_key, sales.job_key),
        case
            when refs.job_key is not null then refs.match_rule
            when document_links.job_key is not null then document_links.match_rule
            when bills.job_key is not null then 'document'
            else coalesce(sales.match_rule, refs.match_rule)
        end,
        case when refs.job_key is null and document_links.job_key is null then coalesce(sales.candidates, refs.candidates) end
    from named
    left join refs on named.source_system = refs.source_system and named.job_ref = refs.job_ref
    left join document_links
        on
            named.source_system = document_links.source_system
            and named.source_entity = document_links.source_entity
            and named.source_id = document_links.source_id
    left join bills
        on
            named.source_system = bills.source_system
            and named.source_entity = bills.source_entity
            and named.source_id = bills.source_id
    left join sales
        on
            named.source_system = sales.source_system
            and named.source_entity = sales.source_entity
            and named.source_id = sales.source_id
),

final as (
    {{ links_with_decisions('links', 'decisions') }}
)

select * from final
