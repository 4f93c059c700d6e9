-- One row per account and day for which the ledger gave a balance: it is not the sum of the account's journal lines.
with balances as (
    select * from {{ ref('int_trial_balance') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rules as (
    {{ control_rules('trial_balance_tie_out') }}
),

differing as (
    select
        *,
        ledger_amount - our_amount as difference_amount,
        cast(sign(last_value(ledger_amount - our_amount) over (
            partition by source_system, account_code
            order by balance_on nulls last
            rows between unbounded preceding and unbounded following
        )) as decimal(1, 0)) as last_sign
    from balances
),

lasting as (
    select
        *,
        greatest(min(difference_amount * last_sign) over (
            partition by source_system, account_code
            order by balance_on nulls last
            rows between current row and unbounded following
        ), 0) as lasting_amount
    from differing
),

-- One standing difference is found once, on the day on which it arose, and is worth what still stands of it. One that
-- is gone by the last day is found where it arose, too.
risen as (
    select
        *,
        lasting_amount - lag(lasting_amount, 1, cast(0 as decimal(18, 2))) over so_far as lasting_rise_amount,
        lag(difference_amount, 1, cast(0 as decimal(18, 2))) over so_far as last_difference_amount
    from lasting
    window so_far as (partition by source_system, account_code order by balance_on nulls last)
),

compared as (
    select
        *,
        case
            when lasting_amount > 0 then lasting_rise_amount
            when sign(difference_amount) = sign(last_difference_amount)
                then greatest(abs(difference_amount) - abs(last_difference_amount), 0)
            else abs(difference_amount)
        end as new_difference_amount
    from risen
),

named as (
    select
        balances.source_system,
        balances.account_code,
        balances.balance_on,
        sum(documents.amount) as named_amount,
        max(case when documents.cause <> 'no_document_landed' then documents.cause end) as cause,
        {{ joined_in_order(
            document_in_words('documents') ~ " || ' ' || documents.cause || ' ' || documents.amount", "'; '",
            ['abs(documents.amount) desc', 'documents.document_type', 'documents.document_id', 'documents.cause']
        ) }} as named_documents
    from balances
    inner join {{ ref('int_trial_balance_documents') }} as documents
        on
            balances.source_system = documents.source_system
            and balances.account_code = documents.account_code
            and balances.balance_on >= documents.balance_on
    left join {{ ref('int_record_labels') }} as labels on {{ labels_of_documents('documents') }}
    group by balances.source_system, balances.account_code, balances.balance_on
),

examined as (
    select
        compared.account_code || '|' || compared.balance_on as entity_id,
        compared.source_system,
        compared.balance_on as occurred_on,
        compared.account_code,
        compared.our_amount,
        compared.ledger_amount,
        compared.difference_amount,
        compared.new_difference_amount,
        systems.base_currency as currency,
        compared.our_amount as expected_amount,
        cast(compared.ledger_amount as decimal(18, 2)) as actual_amount,
        cast(compared.new_difference_amount as decimal(18, 2)) as at_risk_amount,
        cast(compared.ledger_amount as decimal(18, 2)) as examined_amount,
        named.named_amount,
        named.named_documents,
        case
            when named.cause is not null then named.cause
            when compared.our_amount = 0 then 'balance_without_journals'
            else 'journals_missing_or_changed'
        end as cause,
        'Land the journals of account ' || compared.account_code || ' again, and look for what was changed after ' || compared.balance_on
            as suggested_action,
        {{ above_tolerance('compared.new_difference_amount', '0') }} as is_exception
    from compared
    inner join systems on compared.source_system = systems.source_system
    inner join rules on {{ in_force('compared.balance_on') }}
    left join named
        on
            compared.source_system = named.source_system
            and compared.account_code = named.account_code
            and compared.balance_on = named.balance_on
),

final as (
    {{ control_rows('trial_balance_tie_out', 'account_balances',
        evidence=[
            'account_code', 'our_amount', 'ledger_amount', 'difference_amount', 'new_difference_amount',
            'named_amount', 'named_documents', 'currency',
        ]) }}
)

select * from final
