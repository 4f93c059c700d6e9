-- One row per record that an event, an item of the bridge or an exception can be about: what people call it.
with nouns as (
    select * from {{ ref('int_noun_labels') }}
),

invoices as (
    select
        invoices.source_system,
        invoices.invoice_id,
        coalesce(
            nullif(trim(invoices.invoice_number), ''), {{ readable_id('invoices.invoice_id') }},
            case when invoices.invoice_type = 'credit_note' then 'credit note of ' else 'invoice of ' end
            || {{ day_in_words('invoices.issued_on') }} || coalesce(' to ' || customers.label, '')
        ) as label
    from {{ ref('cnf_invoices') }} as invoices
    left join nouns as customers
        on invoices.source_system = customers.source_system and invoices.customer_id = customers.record_id and customers.entity = 'customers'
),

payments as (
    select
        payments.source_system,
        payments.payment_id,
        coalesce(
            'receipt ' || {{ readable_id('payments.payment_id') }},
            'receipt ' || coalesce(nullif(trim(payments.reference), '') || ' of ', 'of ') || {{ day_in_words('payments.received_on') }}
        ) as label
    from {{ ref('cnf_payments') }} as payments
),

of_work as (
    select
        deliveries.source_system,
        'deliveries' as entity,
        deliveries.delivery_id as record_id,
        coalesce(
            {{ readable_id('deliveries.delivery_id') }},
            coalesce(products.label, deliveries.delivery_type, 'delivery') || coalesce(' of ' || jobs.label, '')
            || coalesce(' on ' || {{ day_in_words('deliveries.delivered_on') }}, '')
        ) as label
    from {{ ref('cnf_deliveries') }} as deliveries
    left join nouns as products
        on deliveries.source_system = products.source_system and deliveries.product_id = products.record_id and products.entity = 'products'
    left join nouns as jobs on deliveries.source_system = jobs.source_system and deliveries.job_id = jobs.record_id and jobs.entity = 'jobs'
    union all
    select
        changes.source_system,
        'change_orders',
        changes.change_order_id,
        coalesce(
            'change order ' || {{ readable_id('changes.change_order_id') }},
            'change order' || coalesce(' of ' || jobs.label, ' of ' || deals.label, '')
            || coalesce(' of ' || {{ day_in_words('changes.approved_on') }}, '')
        )
    from {{ ref('cnf_change_orders') }} as changes
    left join nouns as jobs on changes.source_system = jobs.source_system and changes.job_id = jobs.record_id and jobs.entity = 'jobs'
    left join nouns as deals on changes.source_system = deals.source_system and changes.deal_id = deals.record_id and deals.entity = 'deals'
    union all
    select
        lines.source_system,
        'deal_lines',
        lines.deal_line_id,
        coalesce(deals.label || ': ', '')
        || coalesce(nullif(trim(lines.description), ''), products.label, {{ readable_id('lines.deal_line_id') }}, 'a line')
    from {{ ref('cnf_deal_lines') }} as lines
    left join nouns as deals on lines.source_system = deals.source_system and lines.deal_id = deals.record_id and deals.entity = 'deals'
    left join nouns as products
        on lines.source_system = products.source_system and lines.product_id = products.record_id and products.entity = 'products'
    union all
    select
        costs.source_system,
        'costs',
        costs.cost_id,
        coalesce(
            'cost ' || {{ readable_id('costs.cost_id') }},
            coalesce(costs.cost_type, 'cost') || coalesce(' of ' || jobs.label, '') || coalesce(' on ' || {{ day_in_words('costs.incurred_on') }}, '')
        )
    from {{ ref('cnf_costs') }} as costs
    left join nouns as jobs on costs.source_system = jobs.source_system and costs.job_id = jobs.record_id and jobs.entity = 'jobs'
    union all
    select
        items.source_system,
        'pay_items',
        items.pay_item_id,
        coalesce(
            'pay item ' || {{ readable_id('items.pay_item_id') }},
            'pay' || coalesce(' of ' || people.label, '') || coalesce(' of ' || {{ day_in_words('items.paid_on') }}, '')
        )
    from {{ ref('cnf_pay_items') }} as items
    left join nouns as people on items.source_system = people.source_system and items.person_id = people.record_id and people.entity = 'people'
),

of_documents as (
    select source_system, 'invoices' as entity, invoice_id as record_id, label from invoices
    union all
    select source_system, 'payments', payment_id, label from payments
    union all
    select
        lines.source_system,
        'invoice_lines',
        lines.invoice_line_id,
        coalesce(invoices.label, 'no invoice')
        || coalesce(', line ' || lines.line_number, ': ' || nullif(trim(lines.description), ''), ': ' || lines.product_code, '')
    from {{ ref('cnf_invoice_lines') }} as lines
    left join invoices on lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id
    union all
    select
        applications.source_system,
        'payment_applications',
        applications.application_id,
        coalesce(payments.label, credits.label, 'an application') || coalesce(' on ' || invoices.label, '')
    from {{ ref('cnf_payment_applications') }} as applications
    left join payments on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
    left join invoices as credits on applications.source_system = credits.source_system and applications.credit_note_id = credits.invoice_id
    left join invoices on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
),

-- A journal is called after the document that it posts.
journals as (
    select
        lines.source_system,
        lines.journal_id,
        lines.journal_line_id,
        coalesce(
            'journal ' || {{ readable_id('lines.journal_id') }},
            'journal of ' || coalesce(invoices.label, payments.label, {{ day_in_words('lines.posted_on') }})
        ) as label
    from {{ ref('cnf_journal_lines') }} as lines
    left join invoices on lines.source_system = invoices.source_system and lines.document_id = invoices.invoice_id
    left join payments on lines.source_system = payments.source_system and lines.document_id = payments.payment_id
),

labels as (
    select * from nouns
    union all
    select * from of_work
    union all
    select * from of_documents
    union all
    select source_system, 'journal_lines', journal_line_id, label from journals
    union all
    select source_system, 'journal_lines', journal_id, label from journals
),

named as (
    select source_system, entity, record_id, min(coalesce(label, record_id)) as label
    from labels
    where record_id is not null
    group by source_system, entity, record_id
),

-- A tie-out names a document by its kind, and by system and id; a contract or job by its key: it may be another system's than the ledger.
final as (
    select
        *,
        case entity
            when 'invoices' then 'invoice'
            when 'payments' then 'receipt'
            when 'journal_lines' then 'journal'
            when 'costs' then 'cost'
            when 'contracts' then 'contract'
            when 'jobs' then 'job'
        end as document_kind,
        case
            when entity in ('contracts', 'jobs') then {{ make_key(['source_system', 'record_id']) }}
            else source_system || '|' || record_id
        end as document_link
    from named
)

select * from final
