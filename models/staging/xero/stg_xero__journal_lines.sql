-- One row per line of a journal of Xero, in base currency, debit positive.
with journals as (
    {{ raw_latest('xero', 'journals') }}
),

journal_lines as (
    {{ raw_latest('xero', 'journal_lines') }}
),

manual_journals as (
    select * from {{ ref('stg_xero__manual_journals') }}
),

contacts as (
    select * from {{ ref('stg_xero__document_contacts') }}
),

accounts as (
    select * from {{ ref('stg_xero__accounts') }}
),

documents as (
    select * from {{ ref('stg_xero__journal_documents') }}
),

direct_money as (
    select * from {{ ref('stg_xero__direct_money') }}
),

chart as (
    {{ raw_latest('xero', 'accounts') }}
),

-- Xero lets nobody post by hand to a bank account or to debtors: an entry without a document that does is what the
-- company brought along.
brought_along as (
    select distinct journal_lines.journal_id
    from journal_lines
    inner join chart on journal_lines.account_id = chart.account_id
    where chart.type = 'BANK' or chart.system_account = 'DEBTORS'
),

-- Against the historical adjustment Xero itself posts the balances of the conversion.
converted as (
    select distinct journal_lines.journal_id
    from journal_lines
    inner join chart on journal_lines.account_id = chart.account_id
    where chart.system_account = 'HISTORICAL'
),

renamed as (
    select
        journal_lines.journal_line_id,
        journal_lines.journal_id,
        journals.posted_on,
        journals.entered_at,
        -- The chart's code of today: a journal is landed once, with the code that its account had then.
        coalesce(accounts.account_code, {{ given('journal_lines.account_code') }}, journal_lines.account_id) as account_code,
        journal_lines.net_amount as amount,
        cast(null as string) as currency,
        cast(null as decimal(18, 2)) as currency_amount,
        coalesce(journal_lines.description, manual_journals.narration, journals.reference) as description,
        case
            when journals.source_type = 'ACCREC' then 'invoice'
            when journals.source_type = 'ACCRECCREDIT' then 'credit_note'
            -- Refunds too: they are receipts of a negative amount.
            when journals.source_type in (
                'ACCRECPAYMENT', 'ARCREDITPAYMENT', 'AROVERPAYMENT', 'ARPREPAYMENT', 'AROVERPAYMENTPAYMENT', 'ARPREPAYMENTPAYMENT'
            ) then 'receipt'
            when direct_money.bank_transaction_id is not null then 'receipt'
            when journals.source_type in ('ACCPAYPAYMENT', 'APCREDITPAYMENT', 'APOVERPAYMENT', 'APPREPAYMENT', 'CASHPAID', 'EXPPAYMENT')
                then 'payment'
            when journals.source_type = 'MANJOURNAL' and manual_journals.document_type <> 'manual' then manual_journals.document_type
            when journals.source_type = 'MANJOURNAL' then case when brought_along.journal_id is null then 'manual' else 'opening' end
            -- Xero posts the balances that a company brings along under no source.
            when journals.source_id is null and converted.journal_id is not null then 'opening'
            when journals.source_id is null and lower(coalesce(journals.reference, journal_lines.description)) like '%conversion balance%'
                then 'opening'
            else 'other'
        end as document_type,
        documents.document_id,
        cast(null as string) as document_line_id,
        cast(null as string) as product_code,
        coalesce(documents.reverses_journal_id, manual_journals.reverses_journal_id) as reverses_journal_id,
        contacts.contact_id as customer_id,
        case
            when lower(journal_lines.tracking_name_1) = 'job' then journal_lines.tracking_option_1
            when lower(journal_lines.tracking_name_2) = 'job' then journal_lines.tracking_option_2
        end as job_ref,
        cast(null as string) as entered_by,
        cast(null as string) as approved_by,
        coalesce(journals.source_type, '') = 'MANJOURNAL' as is_manual,
        'xero' as source_system,
        journal_lines._load_id as load_id,
        journal_lines._landed_at as landed_at
    from journal_lines
    inner join journals on journal_lines.journal_id = journals.journal_id
    left join manual_journals on case when journals.source_type = 'MANJOURNAL' then journals.source_id end = manual_journals.manual_journal_id
    left join documents on journals.journal_id = documents.journal_id
    left join direct_money on journals.source_id = direct_money.bank_transaction_id
    left join contacts on documents.document_id = contacts.document_id
    left join accounts on journal_lines.account_id = accounts.account_id
    left join brought_along on journals.journal_id = brought_along.journal_id
    left join converted on journals.journal_id = converted.journal_id
)

select * from renamed
