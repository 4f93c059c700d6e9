-- One row per record of a system that belongs to a job or might, with the job it belongs to, and those it could be.
with links as (
    select * from {{ ref('int_job_links') }}
),

-- Whom only an amount gives away is never placed by it: a person has to say so.
suggestions as (
    select
        source_system,
        invoice_line_id,
        case when count(*) = 1 then min(match_rule) else 'several_jobs' end as match_rule,
        {{ sorted_list('job_key') }} as candidates
    from {{ ref('int_line_suggestions') }}
    group by source_system, invoice_line_id
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'job'
),

suggested as (
    select
        links.source_system,
        links.source_entity,
        links.source_id,
        links.job_key,
        coalesce(suggestions.match_rule, links.match_rule) as match_rule,
        coalesce(suggestions.candidates, links.candidates) as candidates,
        suggestions.invoice_line_id is not null or links.match_rule in ('several_jobs', 'only_open_job') as is_suggested,
        links.decided_by,
        links.decided_on
    from links
    left join suggestions
        on
            links.source_system = suggestions.source_system
            and case when links.source_entity = 'invoice_lines' then links.source_id end = suggestions.invoice_line_id
),

final as (
    select
        suggested.source_system,
        suggested.source_entity,
        suggested.source_id,
        suggested.job_key,
        suggested.match_rule,
        case when not suggested.is_suggested then rules.probability end as match_probability,
        case
            when suggested.match_rule = 'decision' and suggested.job_key = 'unknown' then 'rejected'
            when suggested.match_rule = 'decision' then 'confirmed'
            when suggested.is_suggested then 'suggested'
            else 'automatic'
        end as match_status,
        {{ dbt.split_part('suggested.candidates', "', '", 1) }} as runner_up_key,
        case when suggested.is_suggested then rules.probability end as runner_up_probability,
        suggested.candidates,
        suggested.decided_by,
        suggested.decided_on
    from suggested
    left join rules on suggested.match_rule = rules.match_rule
)

select * from final
