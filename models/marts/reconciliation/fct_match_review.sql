-- One row per two customers that may be one, and nobody has said: both records side by side, and what hangs on the
-- answer.
with questions as (
    select * from {{ ref('int_customer_questions') }}
),

links as (
    select * from {{ ref('int_customer_links') }}
),

customers as (
    select
        source_system || '|' || customer_id as record_id,
        *
    from {{ ref('cnf_customers') }}
),

-- What a customer has booked or been billed, whichever is more: a customer that two systems split is booked on one side
-- and billed on the other.
amounts as (
    select
        customer_key,
        greatest(
            sum(case when stage in ('booked', 'change_order') then reporting_amount else 0 end),
            sum(case when stage in ('invoiced', 'credited') then reporting_amount else 0 end),
            0
        ) as revenue_amount
    from {{ ref('fct_stage_events') }}
    group by customer_key
),

told as (
    select
        {{ make_key(['questions.pair_id']) }} as match_review_key,
        'customer' as entity,
        questions.left_customer_key,
        questions.right_customer_key,
        lefts.source_system as left_system,
        lefts.customer_id as left_id,
        rights.source_system as right_system,
        rights.customer_id as right_id,
        lefts.customer_name as left_name,
        lefts.legal_name as left_legal_name,
        lefts.address_line as left_address_line,
        lefts.postal_code as left_postal_code,
        lefts.city as left_city,
        lefts.country as left_country,
        lefts.tax_number as left_tax_number,
        lefts.registration_number as left_registration_number,
        lefts.website as left_website,
        lefts.email as left_email,
        lefts.phone as left_phone,
        rights.customer_name as right_name,
        rights.legal_name as right_legal_name,
        rights.address_line as right_address_line,
        rights.postal_code as right_postal_code,
        rights.city as right_city,
        rights.country as right_country,
        rights.tax_number as right_tax_number,
        rights.registration_number as right_registration_number,
        rights.website as right_website,
        rights.email as right_email,
        rights.phone as right_phone,
        questions.match_rule,
        questions.probability as match_probability,
        questions.held_back_by,
        nullif(concat_ws(
            '; ',
            case when questions.match_rule <> 'probability' then 'found by ' || questions.match_rule end,
            {{ similarity_for('links') }}
        ), '') as evidence_for,
        {{ similarity_against('links', 'questions.held_back_by') }} as evidence_against,
        -- The customer with less would move to the other.
        cast(least(coalesce(left_amounts.revenue_amount, 0), coalesce(right_amounts.revenue_amount, 0)) as decimal(18, 2)) as revenue_at_stake_amount,
        cast(coalesce(left_amounts.revenue_amount, 0) as decimal(18, 2)) as left_revenue_amount,
        cast(coalesce(right_amounts.revenue_amount, 0) as decimal(18, 2)) as right_revenue_amount,
        lefts.source_system = rights.source_system as is_within_system,
        questions.uncertainty,
        cast(questions.settled_count as integer) as settled_count
    from questions
    inner join customers as lefts on questions.left_record_id = lefts.record_id
    inner join customers as rights on questions.right_record_id = rights.record_id
    left join links on questions.left_record_id = links.left_record_id and questions.right_record_id = links.right_record_id
    left join amounts as left_amounts on questions.left_customer_key = left_amounts.customer_key
    left join amounts as right_amounts on questions.right_customer_key = right_amounts.customer_key
),

final as (
    select
        *,
        cast(
            cast(revenue_at_stake_amount as decimal(20, 2)) * uncertainty * cast(settled_count as decimal(9, 0)) as decimal(18, 2)
        ) as answer_worth_amount
    from told
)

select * from final
