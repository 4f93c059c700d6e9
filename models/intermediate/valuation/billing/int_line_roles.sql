-- One row per line of a sales document: whether it bills work, or settles the receivable in another way, as its account says.
with lines as (
    select * from {{ ref('cnf_invoice_lines') }}
),

accounts as (
    select * from {{ ref('cnf_accounts') }}
),

-- Retention, tax withheld, deposits and costs passed on are no billed work, whatever document they stand on. A line whose account
-- nobody knows is taken for work: leaving it out would hide what was billed.
final as (
    select
        lines.source_system,
        lines.invoice_id,
        lines.invoice_line_id,
        case
            when accounts.account_code is null then 'work'
            when accounts.account_role in ('retention', 'withholding_tax', 'disbursement', 'customer_deposits', 'tax', 'receivable', 'cash')
                then accounts.account_role
            when accounts.account_role in ('revenue', 'deferred_income', 'accrued_income') then 'work'
            when accounts.account_type in ('revenue', 'expense') then 'work'
            else 'other_balance'
        end as line_role,
        accounts.account_role,
        accounts.account_type
    from lines
    left join accounts on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
)

select * from final
