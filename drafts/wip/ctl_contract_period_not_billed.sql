-- One row per billing period of an active contract that is over: no standing invoice bills it.
with expected as (
    select * from {{ ref('fct_expected_events') }}
    where event_kind = 'invoice' and expected_from = 'contract_period'
),

periods as (
    select * from {{ ref('int_expected_period_bills') }}
),

examined as (
    select
        periods.contract_id as entity_id,
        periods.source_system,
        cast(periods.period_starts_on as {{ dbt.type_string() }}) as part,
        periods.contract_key,
        periods.job_key,
        periods.period_ends_on as occurred_on,
        periods.period_starts_on,
        periods.period_ends_on,
        periods.billing_rule,
        periods.billing_period,
        periods.currency,
        periods.delivered_amount,
        periods.delivered_amount as worth_amount,
        periods.delivered_reporting_amount as worth_reporting_amount,
        expected.expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        expected.expected_amount as at_risk_amount,
        expected.expected_amount as examined_amount,
        case when periods.delivered_amount is null then 'nothing_delivered_and_not_billed' else 'delivered_and_not_billed' end as cause,
        case when periods.delivered_amount is null then 'Find out what is owed under {record}, and bill it, for ' else 'Bill {record} for ' end
        || {{ day_in_words('periods.period_starts_on') }} || ' to ' || {{ day_in_words('periods.period_ends_on') }} as suggested_action,
        expected.status = 'missing' as is_exception
    from expected
    inner join periods on expected.subject_key = periods.period_key
),

final as (
    {{ control_rows(
        'contract_period_not_billed', 'contracts', has=['part', 'period', 'contract_key', 'job_key', 'worth'],
        evidence=['period_starts_on', 'period_ends_on', 'billing_rule', 'billing_period', 'delivered_amount', 'expected_amount', 'currency'],
    ) }}
)

select * from final
