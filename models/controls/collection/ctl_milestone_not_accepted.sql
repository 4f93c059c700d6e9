-- One row per approved milestone: the customer has not accepted it, and the window is over.
with milestones as (
    select * from {{ ref('int_delivery_terms') }}
    where delivery_type = 'milestone' and status = 'approved' and delivered_on <= {{ as_of() }}
),

worth as (
    select * from {{ ref('int_delivery_values') }}
),

rules as (
    {{ control_rules('milestone_not_accepted') }}
),

examined as (
    select
        milestones.delivery_id as entity_id,
        milestones.source_system,
        milestones.job_key,
        milestones.contract_key,
        milestones.work_order_key,
        {{ make_key(['milestones.source_system', 'milestones.delivery_id']) }} as delivery_key,
        milestones.product_key,
        milestones.delivered_on as occurred_on,
        milestones.delivered_on,
        milestones.accepted_on,
        worth.valuation_rule,
        worth.currency,
        worth.document_amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        worth.document_amount as at_risk_amount,
        worth.document_amount as examined_amount,
        'not_signed' as cause,
        'Get the customer''s signature for milestone {record}' as suggested_action,
        coalesce(milestones.accepted_on, cast('9999-12-31' as date)) > {{ as_of() }} and {{ window_passed('milestones.delivered_on') }}
            as is_exception
    from milestones
    inner join worth on milestones.source_system = worth.source_system and milestones.delivery_id = worth.delivery_id
    inner join rules on {{ in_force('milestones.delivered_on') }}
),

final as (
    {{ control_rows('milestone_not_accepted', 'deliveries', has=['job_key', 'contract_key', 'work_order_key', 'delivery_key', 'product_key'],
        evidence=['delivered_on', 'accepted_on', 'expected_amount', 'currency', 'valuation_rule']) }}
)

select * from final
