-- One row per sum of money that a customer paid, or was paid, at the bank without an invoice: Xero's receive and spend money, those taken back
-- included. Over- and prepayments are documents of their own, and what went to suppliers, staff, owners and the tax office is none of ours.
with bank_transactions as (
    {{ raw_latest('xero', 'bank_transactions') }}
),

bank_transaction_lines as (
    {{ raw_latest('xero', 'bank_transaction_lines') }}
),

contacts as (
    {{ raw_latest('xero', 'contacts') }}
),

accounts as (
    select * from {{ ref('stg_xero__accounts') }}
),

-- What only a customer pays for or into: a sale, a debt or a deposit of theirs.
lines as (
    select
        bank_transaction_lines.bank_transaction_id,
        max(case
            when
                coalesce(by_id.account_role, by_code.account_role) in (
                    'receivable', 'revenue', 'deferred_income', 'accrued_income', 'customer_deposits', 'retention'
                )
                then 1
            when coalesce(by_id.account_role, by_code.account_role) = 'bad_debt' and bank_transactions.type = 'RECEIVE' then 1
            else 0
        end) = 1 as is_of_customer,
        min(case
            when
                coalesce(by_id.account_type, by_code.account_type) = 'expense'
                and coalesce(by_id.account_role, by_code.account_role) not in ('bad_debt', 'discount_allowed')
                then 1
            else 0
        end) = 1 as is_all_cost
    from bank_transaction_lines
    inner join bank_transactions on bank_transaction_lines.bank_transaction_id = bank_transactions.bank_transaction_id
    left join accounts as by_id on bank_transaction_lines.account_id = by_id.account_id
    left join accounts as by_code on bank_transaction_lines.account_code = by_code.account_code
    group by bank_transaction_lines.bank_transaction_id
),

renamed as (
    select
        bank_transactions.bank_transaction_id,
        bank_transactions.contact_id,
        bank_transactions.transacted_on,
        case when bank_transactions.type = 'RECEIVE' then bank_transactions.total else -bank_transactions.total end as amount,
        bank_transactions.currency_code,
        bank_transactions.currency_rate,
        bank_transactions.account_id,
        bank_transactions.account_code,
        bank_transactions.reference,
        bank_transactions.status in ('DELETED', 'VOIDED') as is_reversed,
        bank_transactions.updated_at,
        bank_transactions._load_id as load_id,
        bank_transactions._landed_at as landed_at
    from bank_transactions
    left join lines on bank_transactions.bank_transaction_id = lines.bank_transaction_id
    left join contacts on bank_transactions.contact_id = contacts.contact_id
    where
        bank_transactions.type in ('RECEIVE', 'SPEND')
        -- A bank's fee that is written down under the customer whose payment it came with is a cost, and gives nobody anything back.
        and (
            lines.is_of_customer
            or (
                contacts.is_customer and not coalesce(contacts.is_supplier, false)
                and not (bank_transactions.type = 'SPEND' and coalesce(lines.is_all_cost, false))
            )
        )
)

select * from renamed
