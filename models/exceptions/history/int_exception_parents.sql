-- One row per exception that follows from another, a tie-out also in part: the nearest one, by the table of precedence.
with exceptions as (
    select * from {{ ref('int_exceptions_found') }}
),

precedence as (
    select * from {{ ref('control_precedence') }}
),

-- To which side a control's exceptions go, where they go to one; where to two, their amounts say so.
sides as (
    select control_id, min(side) as side from {{ ref('control_bridge_links') }}
    group by control_id
),

-- What stood at a month's end before is nothing that the tie-out of the next follows from.
documents as (
    select
        exceptions.exception_key,
        exceptions.control_id,
        exceptions.value_at_risk_amount,
        case
            when differences.document_type in ('contract', 'job') then differences.document_id
            else differences.source_system || '|' || differences.document_id
        end as link,
        differences.new_amount,
        differences.document_type in ('contract', 'job') as is_of_several,
        -- What it is worth beside other exceptions: a ledger may be in another currency than the totals.
        coalesce(
            {{ share('abs(differences.new_amount)', 'exceptions.value_at_risk_amount', 'abs(exceptions.document_amount)') }},
            abs(differences.new_amount)
        ) as value_amount
    from exceptions
    inner join {{ ref('int_standing_differences') }} as differences
        on
            exceptions.control_id = differences.control_id
            and exceptions.source_system = differences.source_system
            and exceptions.occurred_on = differences.month_ends_on
),

-- An invoice of several jobs is of none: each of them has a part of what it is worth.
job_parts as (
    select
        source_system,
        invoice_id,
        job_key,
        sum(document_amount) as job_amount
    from {{ ref('int_invoice_values') }}
    where valuation_rule = 'posted_line'
    group by source_system, invoice_id, job_key
),

jobs_of_invoices as (
    select
        *,
        sum(job_amount) over (partition by source_system, invoice_id) as invoice_amount
    from job_parts
),

of_several_jobs as (
    select
        exception_key,
        control_id,
        source_system,
        entity_id,
        value_at_risk_amount
    from exceptions
    where entity = 'invoices' and job_key = 'unknown'
),

-- What an exception touches. `unknown` links nothing.
links as (
    {% for kind in ['deal', 'contract', 'job', 'work_order', 'delivery', 'invoice'] %}
        select exception_key, control_id, '{{ kind }}' as linked_by, {{ kind }}_key as link, value_at_risk_amount
        from exceptions
        where {{ kind }}_key <> 'unknown'
        union all
    {% endfor %}
    select exception_key, control_id, 'record', source_system || '|' || entity || '|' || entity_id, value_at_risk_amount
    from exceptions
    union all
    -- One amount of one customer, the first with the first: that two are of one customer says nothing.
    select
        exception_key,
        control_id,
        'customer_and_amount',
        customer_key || '|' || currency || '|' || document_amount || '|' || row_number() over (
            partition by control_id, customer_key, currency, document_amount order by occurred_on nulls last, exception_key nulls last
        ),
        value_at_risk_amount
    from exceptions
    where customer_key <> 'unknown' and document_amount > 0
    union all
    -- What a tie-out names: documents by their own ids, contracts and jobs by their keys.
    select exception_key, control_id, 'document', source_system || '|' || entity_id, value_at_risk_amount
    from exceptions
    union all
    {% for kind in ['contract', 'job'] %}
        select exception_key, control_id, 'document', {{ kind }}_key, value_at_risk_amount
        from exceptions
        where {{ kind }}_key <> 'unknown'
        union all
    {% endfor %}
    select
        of_several_jobs.exception_key,
        of_several_jobs.control_id,
        'job',
        jobs_of_invoices.job_key,
        {{ share('of_several_jobs.value_at_risk_amount', 'jobs_of_invoices.job_amount', 'jobs_of_invoices.invoice_amount') }}
    from of_several_jobs
    inner join jobs_of_invoices
        on
            of_several_jobs.source_system = jobs_of_invoices.source_system
            and of_several_jobs.entity_id = jobs_of_invoices.invoice_id
    where jobs_of_invoices.job_key <> 'unknown' and jobs_of_invoices.job_amount > 0
    union all
    -- Its lines are of their contracts and jobs.
    {% for kind in ['contract', 'job'] %}
        select distinct
            exceptions.exception_key, exceptions.control_id, 'document', lines.{{ kind }}_key, exceptions.value_at_risk_amount
        from exceptions
        inner join {{ ref('int_invoice_values') }} as lines
            on exceptions.source_system = lines.source_system and exceptions.entity_id = lines.invoice_id
        where exceptions.entity = 'invoices' and lines.{{ kind }}_key <> 'unknown'
        union all
    {% endfor %}
    -- A customer whom nobody knows is what its invoices have in common.
    select
        exceptions.exception_key, exceptions.control_id, 'invoice', invoices.invoice_key, exceptions.value_at_risk_amount
    from exceptions
    inner join {{ ref('int_live_invoices') }} as invoices on exceptions.customer_key = invoices.customer_key
    where exceptions.control_id = 'customer_unmatched' and exceptions.customer_key <> 'unknown'
    union all
    select exception_key, control_id, 'document', link, value_at_risk_amount from documents
),

directions as (
    select
        exceptions.exception_key,
        case
            when sides.side = 'short' then -1
            when sides.side = 'over' then 1
            when sides.side is null then 0
            when exceptions.actual_amount > exceptions.expected_amount then 1
            else -1
        end as own_direction,
        case when exceptions.actual_amount < exceptions.expected_amount then -1 else 1 end as direction
    from exceptions
    left join sides on exceptions.control_id = sides.control_id
),

-- A root to the other side holds nothing of a symptom, and takes away from what the others hold.
by_link as (
    select
        symptoms.exception_key,
        roots.exception_key as parent_exception_key,
        roots.value_at_risk_amount,
        precedence.rank,
        symptoms.value_at_risk_amount as symptom_amount,
        precedence.slack_pct,
        of_roots.own_direction <> -of_symptoms.direction as is_to_one_side,
        sum(case when of_roots.own_direction = -of_symptoms.direction then -roots.value_at_risk_amount else roots.value_at_risk_amount end) over (
            partition by symptoms.exception_key, precedence.root, precedence.linked_by
        ) as roots_amount
    from links as symptoms
    inner join precedence on symptoms.control_id = precedence.symptom and symptoms.linked_by = precedence.linked_by
    inner join links as roots
        on precedence.root = roots.control_id and symptoms.linked_by = roots.linked_by and symptoms.link = roots.link
    inner join directions as of_symptoms on symptoms.exception_key = of_symptoms.exception_key
    inner join directions as of_roots on roots.exception_key = of_roots.exception_key
    where symptoms.exception_key <> roots.exception_key
),

-- A missing period is the root of what lies in it, and of nothing else of its contract.
by_period as (
    select
        symptoms.exception_key,
        roots.exception_key as parent_exception_key,
        roots.value_at_risk_amount,
        precedence.rank
    from exceptions as symptoms
    inner join precedence on symptoms.control_id = precedence.symptom and precedence.linked_by = 'contract_period'
    inner join exceptions as roots on precedence.root = roots.control_id and symptoms.contract_key = roots.contract_key
    where
        symptoms.contract_key <> 'unknown'
        and symptoms.exception_key <> roots.exception_key
        and coalesce(symptoms.period_ends_on, symptoms.occurred_on) between roots.period_starts_on and roots.period_ends_on
),

-- Roots hold what is larger than all of them together by rates alone.
found as (
    select exception_key, parent_exception_key, value_at_risk_amount, rank from by_link
    where slack_pct is null or (is_to_one_side and symptom_amount <= {{ percent_of('100 + slack_pct', 'roots_amount') }})
    union all
    select * from by_period
),

spoken_of as (
    select
        symptom,
        link,
        sum(value_at_risk_amount) as spoken_amount
    from (
        select distinct precedence.symptom, links.link, links.exception_key, links.value_at_risk_amount
        from precedence
        inner join links on precedence.root = links.control_id and precedence.linked_by = links.linked_by
        where precedence.linked_by = 'document'
    ) as roots
    group by symptom, link
),

-- Who speaks of a document speaks of all of it; of a contract or a job, of which there are many documents, of as much as it is worth:
-- two days' rates may lie two per cent apart.
unspoken as (
    select
        documents.exception_key,
        documents.new_amount,
        case
            when spoken_of.link is null then documents.new_amount
            when documents.is_of_several and documents.value_amount > {{ percent_of('102', 'spoken_of.spoken_amount') }}
                then coalesce({{ share(
                    'documents.new_amount', 'greatest(documents.value_amount - spoken_of.spoken_amount, 0)', 'documents.value_amount'
                ) }}, 0)
            else 0
        end as rest_amount
    from documents
    left join spoken_of on documents.control_id = spoken_of.symptom and documents.link = spoken_of.link
),

-- A tie-out follows from others as far as they speak of what is new in it, and stands for the rest.
rests as (
    select
        exception_key,
        cast(sum(new_amount) as decimal(18, 2)) as new_amount,
        cast(sum(rest_amount) as decimal(18, 2)) as rest_amount,
        max(case when rest_amount <> 0 then 1 else 0 end) = 1 as is_in_part
    from unspoken
    group by exception_key
),

final as (
    select
        found.exception_key,
        found.parent_exception_key,
        coalesce(rests.is_in_part, false) as is_in_part,
        rests.new_amount,
        rests.rest_amount
    from found
    left join rests on found.exception_key = rests.exception_key
    qualify row_number() over (
        partition by found.exception_key
        order by found.rank nulls last, found.value_at_risk_amount desc nulls last, found.parent_exception_key nulls last
    ) = 1
)

select * from final
