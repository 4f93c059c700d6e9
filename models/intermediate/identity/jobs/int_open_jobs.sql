-- One row per invoice line and journal line that only its customer's open jobs can place, with the job where it is the only one and does
-- its product. That it is the only one alone is a suggestion: it was right in six of forty.
with questions as (
    select * from {{ ref('int_job_questions') }}
),

scopes as (
    select * from {{ ref('int_open_job_scopes') }}
),

counts as (
    select * from {{ ref('int_open_job_counts') }}
),

-- Up to five are worth showing to a person.
listed as (
    select
        counts.legal_entity,
        counts.customer_key,
        counts.product_key,
        counts.day_on,
        {{ sorted_list('scopes.job_key') }} as candidates
    from counts
    inner join scopes
        on
            counts.legal_entity = scopes.legal_entity
            and counts.customer_key = scopes.customer_key
            and counts.product_key = scopes.product_key
            and counts.day_on >= scopes.opens_on
            and (scopes.closed_from is null or counts.day_on < scopes.closed_from)
    where counts.open_count between 2 and 5
    group by counts.legal_entity, counts.customer_key, counts.product_key, counts.day_on
),

answers as (
    select
        counts.*,
        listed.candidates
    from counts
    left join listed
        on
            counts.legal_entity = listed.legal_entity
            and counts.customer_key = listed.customer_key
            and counts.product_key = listed.product_key
            and counts.day_on = listed.day_on
),

final as (
    select
        questions.source_system,
        questions.source_entity,
        questions.source_id,
        of_product.job_key,
        case
            when of_product.job_key is not null then 'only_open_job_with_product'
            when of_product.open_count is null and of_any.job_key is not null then 'only_open_job'
            else 'several_jobs'
        end as match_rule,
        case when of_product.job_key is null then coalesce(of_product.candidates, of_any.candidates, of_any.job_key) end as candidates
    from questions
    left join answers as of_product
        on
            questions.legal_entity = of_product.legal_entity
            and questions.customer_key = of_product.customer_key
            and questions.product_key = of_product.product_key
            and questions.asked_on = of_product.day_on
    inner join answers as of_any
        on
            questions.legal_entity = of_any.legal_entity
            and questions.customer_key = of_any.customer_key
            and of_any.product_key = '*'
            and questions.asked_on = of_any.day_on
)

select * from final
