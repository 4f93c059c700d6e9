-- One row per exception that a control finds on the day of the position, with the keys that its job, deal or customer adds, and whose it is.
with found as (
    select * from {{ ref('int_control_exceptions') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

deals as (
    select * from {{ ref('dim_deal') }}
    where not is_unknown
),

-- The newest deal of a customer says who looks after it.
account_managers as (
    select customer_key, owner_key
    from deals
    where owner_key <> 'unknown' and customer_key <> 'unknown'
    qualify row_number() over (partition by customer_key order by created_on desc nulls last, deal_key nulls last) = 1
),

labels as (
    select * from {{ ref('int_record_labels') }}
),

customers as (
    select source_system, source_id as customer_id, customer_key from {{ ref('xref_customer') }}
    where customer_key <> 'unknown'
),

-- A journal is of the customer whom its lines name, or the document behind them.
named_by_journals as (
    select source_system, journal_id, customer_id from {{ ref('cnf_journal_lines') }}
    where customer_id is not null
    union
    select lines.source_system, lines.journal_id, invoices.customer_id
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_invoices') }} as invoices on lines.source_system = invoices.source_system and lines.document_id = invoices.invoice_id
    where lines.document_type in ('invoice', 'credit_note')
),

journal_customers as (
    select
        named.source_system,
        named.journal_id,
        min(customers.customer_key) as customer_key
    from named_by_journals as named
    inner join customers on named.source_system = customers.source_system and named.customer_id = customers.customer_id
    group by named.source_system, named.journal_id
    having count(distinct customers.customer_key) = 1
),

deal_labels as (
    select {{ make_key(['source_system', 'record_id']) }} as deal_key, label from labels
    where entity = 'deals'
),

contract_labels as (
    select {{ make_key(['source_system', 'record_id']) }} as contract_key, label from labels
    where entity = 'contracts'
),

job_labels as (
    select {{ make_key(['source_system', 'record_id']) }} as job_key, label from labels
    where entity = 'jobs'
),

-- What no table of records has is called by what the control calls it: a month end of accounts, a number that is missing, a system.
labelled as (
    select
        found.*,
        coalesce(nullif(found.customer_key, 'unknown'), journals.customer_key) as own_customer_key,
        case
            when found.entity = 'account_balances' then 'account ' || replace(found.entity_id, '|', ' on ')
            when found.entity = 'exception_decisions' then 'decision on exception ' || substr(found.entity_id, 1, 8)
            else coalesce(labels.label, found.entity_id)
        end as entity_label
    from found
    left join labels on found.source_system = labels.source_system and found.entity = labels.entity and found.entity_id = labels.record_id
    left join journal_customers as journals
        on
            found.source_system = journals.source_system
            and case when found.entity = 'journal_lines' then found.entity_id end = journals.journal_id
),

keyed as (
    select
        found.exception_key,
        found.control_id,
        found.entity,
        found.entity_id,
        found.entity_label,
        found.source_system,
        case when found.deal_key <> 'unknown' then found.deal_key else coalesce(jobs.deal_key, 'unknown') end as deal_key,
        case when found.contract_key <> 'unknown' then found.contract_key else coalesce(jobs.contract_key, 'unknown') end as contract_key,
        found.job_key,
        found.work_order_key,
        found.delivery_key,
        found.invoice_key,
        found.product_key,
        coalesce(found.own_customer_key, nullif(jobs.customer_key, 'unknown'), deals.customer_key, 'unknown') as customer_key,
        coalesce(
            nullif(found.owner_key, 'unknown'), nullif(jobs.owner_key, 'unknown'), nullif(deals.owner_key, 'unknown'),
            account_managers.owner_key, 'unknown'
        ) as owner_key,
        found.occurred_on,
        found.found_from_on,
        found.period_starts_on,
        found.period_ends_on,
        found.currency,
        found.expected_amount,
        found.actual_amount,
        found.value_at_risk_amount,
        found.document_amount,
        found.cause,
        -- A control writes {record}, {job} and so on where people shall read a name.
        {{ named('found.suggested_action', {
            'record': 'found.entity_label', 'job': 'job_labels.label', 'deal': 'deal_labels.label', 'contract': 'contract_labels.label',
        }) }} as suggested_action,
        found.evidence
    from labelled as found
    left join jobs on found.job_key = jobs.job_key
    left join deals on found.deal_key = deals.deal_key
    left join account_managers
        on coalesce(found.own_customer_key, nullif(jobs.customer_key, 'unknown'), deals.customer_key) = account_managers.customer_key
    left join deal_labels on found.deal_key = deal_labels.deal_key
    left join contract_labels on found.contract_key = contract_labels.contract_key
    left join job_labels on found.job_key = job_labels.job_key
),

rules as (
    select * from {{ ref('int_control_rules') }}
),

responsible as (
    select * from {{ ref('responsibilities') }}
    where valid_from <= {{ as_of() }} and (valid_to is null or valid_to >= {{ as_of() }})
),

-- A role's own row for a system comes before the one for all systems.
roles as (
    select
        roles.owner_role,
        systems.source_system,
        coalesce(own.responsible, shared.responsible) as responsible
    from (select distinct owner_role from rules) as roles
    cross join {{ ref('int_source_systems') }} as systems
    left join responsible as own on roles.owner_role = own.owner_role and systems.source_system = own.source_system
    left join responsible as shared on roles.owner_role = shared.owner_role and shared.source_system is null
),

final as (
    select
        keyed.*,
        rules.owner_role,
        case
            when rules.owner_role = 'account_manager' and keyed.owner_key <> 'unknown' then coalesce(people.full_name, roles.responsible, 'nobody')
            else coalesce(roles.responsible, 'nobody')
        end as owner
    from keyed
    inner join rules on keyed.control_id = rules.control_id and {{ in_force('keyed.occurred_on') }}
    left join {{ ref('dim_person') }} as people on keyed.owner_key = people.person_key
    left join roles on rules.owner_role = roles.owner_role and keyed.source_system = roles.source_system
)

select * from final
