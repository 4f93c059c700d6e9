-- One row per movement of applied cash: off the unknown job, onto each line of the document, and back again where the application was reversed.
with applications as (
    select
        applications.*,
        coalesce(xref_customer.customer_key, 'unknown') as payer_key
    from {{ ref('int_applied_cash') }} as applications
    left join {{ ref('xref_customer') }} as xref_customer
        on
            applications.source_system = xref_customer.source_system
            and applications.customer_id = xref_customer.source_id
    where applications.left_out_reason is null
),

-- Each line is two stretches of the document's gross, its net and then its tax, laid end to end in a fixed order.
lines as (
    select
        *,
        sum(share_amount + share_tax_amount) over (
            partition by source_system, invoice_id
            order by invoice_line_id nulls last, answers_key nulls last
            rows between unbounded preceding and current row
        ) as running_gross
    from {{ ref('int_document_lines') }}
),

bounds as (
    select
        applications.source_system,
        applications.application_id,
        lines.event_key as line_event_key,
        lines.answers_key,
        lines.invoice_line_id,
        applications.gross_amount,
        applications.running_amount as paid_after,
        applications.running_amount - applications.amount as paid_before,
        lines.running_gross as line_end,
        lines.running_gross - lines.share_tax_amount as net_end,
        lines.running_gross - lines.share_tax_amount - lines.share_amount as line_start
    from applications
    inner join lines
        on applications.source_system = lines.source_system and applications.invoice_id = lines.invoice_id
),

-- What had been paid up to each bound, rounded, after this application and before it: differences of these add up to the amount
-- over the lines, and over the applications to the line once the invoice is paid.
paid as (
    select
        source_system,
        application_id,
        line_event_key,
        answers_key,
        invoice_line_id,
        {{ share('paid_after', 'line_start', 'gross_amount') }} - {{ share('paid_before', 'line_start', 'gross_amount') }} as up_to_start,
        {{ share('paid_after', 'net_end', 'gross_amount') }} - {{ share('paid_before', 'net_end', 'gross_amount') }} as up_to_net,
        {{ share('paid_after', 'line_end', 'gross_amount') }} - {{ share('paid_before', 'line_end', 'gross_amount') }} as up_to_end
    from bounds
),

turns as (
    select source_system, application_id, 'applied' as turn, 1 as sign, applied_on as event_on from applications
    union all
    select source_system, application_id, 'reversed' as turn, -1 as sign, reversed_on as event_on from applications
    where reversed_on is not null
),

movements as (
    select
        source_system, application_id, cast(null as {{ dbt.type_string() }}) as invoice_line_id,
        cast(null as {{ dbt.type_string() }}) as line_event_key, cast(null as {{ dbt.type_string() }}) as answers_key,
        -amount as document_amount, cast(0 as decimal(18, 2)) as tax_amount
    from applications
    union all
    select
        source_system, application_id, invoice_line_id, line_event_key, answers_key,
        cast(up_to_net - up_to_start as decimal(18, 2)), cast(up_to_end - up_to_net as decimal(18, 2))
    from paid
),

final as (
    select
        {{ make_key([
            "'cash'", 'movements.source_system', "'payment_applications'", 'movements.application_id',
            "movements.invoice_line_id || coalesce('>' || movements.answers_key, '')", 'turns.turn',
        ]) }}
            as event_key,
        'cash' as stage,
        coalesce(lines.deal_key, 'unknown') as deal_key,
        coalesce(lines.contract_key, 'unknown') as contract_key,
        coalesce(lines.job_key, 'unknown') as job_key,
        coalesce(lines.work_order_key, 'unknown') as work_order_key,
        coalesce(lines.product_key, 'unknown') as product_key,
        coalesce(lines.customer_key, applications.payer_key) as customer_key,
        coalesce(lines.person_key, 'unknown') as person_key,
        turns.event_on,
        applications.received_on as rate_on,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        applications.currency,
        turns.sign * movements.document_amount as document_amount,
        turns.sign * movements.tax_amount as tax_amount,
        applications.exchange_rate as document_rate,
        case when movements.invoice_line_id is null then 'application_' else 'share_of_gross_' end || turns.turn as valuation_rule,
        coalesce(lines.job_match_rule, 'not_applied') as job_match_rule,
        cast(null as {{ dbt.type_string() }}) as left_out_reason,
        applications.payment_id,
        applications.invoice_id,
        movements.invoice_line_id,
        lines.line_key,
        lines.line_role,
        movements.source_system,
        'payment_applications' as source_entity,
        movements.application_id as source_id,
        applications.load_id
    from movements
    inner join applications
        on movements.source_system = applications.source_system and movements.application_id = applications.application_id
    inner join turns
        on movements.source_system = turns.source_system and movements.application_id = turns.application_id
    left join lines
        on movements.line_event_key = lines.event_key and coalesce(movements.answers_key, '') = coalesce(lines.answers_key, '')
)

select * from final
