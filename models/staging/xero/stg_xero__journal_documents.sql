-- One row per journal of Xero, with the document it posts and the journal of that document that it takes back.
-- Xero posts a change of a document, a void and a deletion by the opposite of what stood, under the same source and on the document's own day.
with journals as (
    {{ raw_latest('xero', 'journals') }}
),

journal_lines as (
    {{ raw_latest('xero', 'journal_lines') }}
),

bank_transactions as (
    {{ raw_latest('xero', 'bank_transactions') }}
),

amounts as (
    select
        journal_id,
        coalesce(account_id, account_code) as account,
        sum(net_amount) as amount
    from journal_lines
    group by journal_id, coalesce(account_id, account_code)
    having sum(net_amount) <> 0
),

contents as (
    select
        journal_id,
        {{ fingerprint("account || ' ' || amount") }} as content,
        {{ fingerprint("account || ' ' || (-amount)") }} as opposite
    from amounts
    group by journal_id
),

-- An over- or prepayment is posted under its own id or that of the bank transaction it came in by.
sourced as (
    select
        journals.*,
        coalesce(bank_transactions.overpayment_id, bank_transactions.prepayment_id, journals.source_id) as document_id,
        contents.content,
        contents.opposite
    from journals
    left join bank_transactions on journals.source_id = bank_transactions.bank_transaction_id
    left join contents on journals.journal_id = contents.journal_id
),

follows as (
    select
        *,
        lag(journal_id) over (partition by document_id order by journal_number nulls last) as journal_before,
        coalesce(lag(opposite) over (
            partition by document_id
            order by journal_number nulls last
        ) = content, false) as is_opposite
    from sourced
),

-- Of a row of opposites each second one takes back: posted, taken back, posted again.
numbered as (
    select
        *,
        sum(case when is_opposite then 0 else 1 end)
            over (
                partition by document_id
                order by journal_number nulls last
                rows between unbounded preceding and current row
            )
            as stretch
    from follows
),

final as (
    select
        journal_id,
        journal_number,
        document_id,
        source_type,
        posted_on,
        entered_at,
        case
            when
                document_id is not null
                and row_number() over (
                    partition by document_id, stretch
                    order by journal_number nulls last
                ) % 2 = 0 then journal_before
        end as reverses_journal_id
    from numbered
)

select * from final
