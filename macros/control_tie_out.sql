{# The tie-outs: at each month end our figure beside the ledger's accounts, with the documents that make them differ (int_tie_outs). They differ in what is
   compared, which int_tie_outs knows, and in nothing else. #}
{% macro tie_out_control(control_id) %}
with tie_outs as (
    select * from {{ ref('int_tie_outs') }}
    where control_id = '{{ control_id }}'
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rules as (
    {{ control_rules(control_id) }}
),

examined as (
    select
        tie_outs.account_codes || '|' || tie_outs.month_ends_on as entity_id,
        tie_outs.source_system,
        tie_outs.month_ends_on as occurred_on,
        tie_outs.account_codes,
        tie_outs.our_amount,
        tie_outs.ledger_amount,
        tie_outs.difference_amount,
        tie_outs.new_amount,
        tie_outs.named_amount,
        tie_outs.rounding_amount,
        tie_outs.document_count,
        tie_outs.named_documents,
        systems.base_currency as currency,
        tie_outs.our_amount as expected_amount,
        tie_outs.ledger_amount as actual_amount,
        tie_outs.new_amount as at_risk_amount,
        tie_outs.ledger_amount as examined_amount,
        tie_outs.cause,
        'Post or correct what makes account ' || tie_outs.account_codes || ' differ; documents named in the evidence: ' || tie_outs.document_count
            as suggested_action,
        -- A cent on each of many converted documents is no fault of any; a difference that stood already is no second one.
        {{ beyond_tolerance('tie_outs.new_amount', '0') }} as is_exception
    from tie_outs
    inner join systems on tie_outs.source_system = systems.source_system
    inner join rules on {{ in_force('tie_outs.month_ends_on') }}
),

final as (
    {{ control_rows(control_id, 'account_balances',
        evidence=[
            'account_codes', 'our_amount', 'ledger_amount', 'difference_amount', 'new_amount',
            'named_amount', 'rounding_amount', 'document_count', 'named_documents', 'currency',
        ]) }}
)

select * from final
{% endmacro %}
