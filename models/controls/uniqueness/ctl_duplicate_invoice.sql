-- One row per standing invoice: the same customer was sent its number before, or the same lines and amount a few days before.
with invoices as (
    select * from {{ ref('int_live_invoices') }}
    where invoice_type = 'invoice'
),

-- What was credited in full may be billed again.
credited as (
    select
        source_system,
        invoice_id,
        sum(amount) as credited_amount
    from (
        select source_system, invoice_id, amount from {{ ref('cnf_payment_applications') }}
        where kind = 'credit_note' and applied_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
        union all
        select source_system, corrects_invoice_id, gross_amount from {{ ref('int_live_invoices') }}
        where invoice_type = 'credit_note' and corrects_invoice_id is not null
    ) as credits
    group by source_system, invoice_id
),

-- What the lines say, whatever their order.
contents as (
    select
        invoice_key,
        string_agg(
            concat_ws(
                '|', coalesce(job_key, ''), coalesce(product_code, ''), coalesce(description, ''), quantity, net_amount, coalesce(delivery_id, ''),
                coalesce(work_order_ref, ''), coalesce(cast(period_starts_on as {{ dbt.type_string() }}), '')
            ),
            chr(10)
            order by net_amount, quantity, coalesce(description, ''), coalesce(delivery_id, ''), coalesce(product_code, '')
        ) as content
    from {{ ref('int_live_document_lines') }}
    group by invoice_key
),

described as (
    select
        invoices.*,
        md5(contents.content) as content
    from invoices
    inner join contents on invoices.invoice_key = contents.invoice_key
),

rules as (
    {{ control_rules('duplicate_invoice') }}
),

by_number as (
    select
        *,
        lag(invoice_id) over (partition by source_system, customer_id, upper(trim(invoice_number)) order by issued_on, invoice_id) as same_number_id
    from described
),

-- The one before it with the same lines that was not credited.
candidates as (
    select
        later.invoice_key,
        earlier.invoice_id as same_lines_id,
        earlier.invoice_number as same_lines_number,
        earlier.issued_on as same_lines_on
    from described as later
    inner join described as earlier
        on
            later.source_system = earlier.source_system
            and later.customer_id = earlier.customer_id
            and later.currency = earlier.currency
            and later.net_amount = earlier.net_amount
            and later.content = earlier.content
    inner join rules on {{ in_force('later.issued_on') }}
    left join credited on earlier.source_system = credited.source_system and earlier.invoice_id = credited.invoice_id
    where
        (earlier.issued_on < later.issued_on or (earlier.issued_on = later.issued_on and earlier.invoice_id < later.invoice_id))
        and {{ plus_days('earlier.issued_on', 'rules.window_days') }} >= later.issued_on
        and coalesce(credited.credited_amount, 0) < earlier.gross_amount
    qualify row_number() over (partition by later.invoice_key order by earlier.issued_on desc, earlier.invoice_id) = 1
),

credits_of as (
    select source_system, invoice_id, credited_amount from credited
),

examined as (
    select
        by_number.invoice_id as entity_id,
        by_number.source_system,
        by_number.invoice_key,
        by_number.customer_key,
        by_number.job_key,
        by_number.issued_on as occurred_on,
        by_number.invoice_number,
        by_number.issued_on,
        coalesce(candidates.same_lines_id, by_number.same_number_id) as copied_invoice_id,
        candidates.same_lines_number as copied_invoice_number,
        candidates.same_lines_on as copied_issued_on,
        by_number.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        by_number.net_amount as actual_amount,
        by_number.net_amount as at_risk_amount,
        by_number.net_amount as examined_amount,
        case when by_number.same_number_id is not null then 'same_number' else 'same_lines_within_days' end as cause,
        'Void or credit ' || by_number.invoice_number || ', after comparing it with '
        || coalesce(candidates.same_lines_number, by_number.same_number_id, '') as suggested_action,
        (by_number.same_number_id is not null or candidates.same_lines_id is not null)
        and coalesce(credits_of.credited_amount, 0) < by_number.gross_amount as is_exception
    from by_number
    inner join rules on {{ in_force('by_number.issued_on') }}
    left join candidates on by_number.invoice_key = candidates.invoice_key
    left join credits_of on by_number.source_system = credits_of.source_system and by_number.invoice_id = credits_of.invoice_id
),

final as (
    {{ control_rows('duplicate_invoice', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'issued_on', 'copied_invoice_id', 'copied_invoice_number', 'copied_issued_on', 'actual_amount', 'currency']) }}
)

select * from final
