-- One row per thing that happened: a booking, change order, delivery, invoice or credit line, revenue posting, movement of cash, or cost.
with valued as (
    select * from {{ ref('int_stage_values') }}
),

rates as (
    select * from {{ ref('int_reporting_rates') }}
),

labels as (
    select * from {{ ref('int_record_labels') }}
),

-- The reporting currency is worth itself on every day.
rates_of_events as (
    select
        valued.*,
        systems.legal_entity,
        systems.base_currency,
        {% for side, currency in {'table': 'valued.currency', 'base': 'systems.base_currency'}.items() %}
            case
                when {{ currency }} = '{{ var("reporting_currency") }}' then cast(1 as decimal(28, 12))
                else {{ side }}_rates.rate
            end as {{ side }}_rate,
            case
                when {{ currency }} = '{{ var("reporting_currency") }}' then valued.rate_on
                else {{ side }}_rates.quoted_on
            end as {{ side }}_quoted_on,
        {% endfor %}
        table_rates.step_rate,
        table_rates.is_turned
    from valued
    inner join {{ ref('int_source_systems') }} as systems on valued.source_system = systems.source_system
    left join rates as table_rates
        on
            valued.source_system = table_rates.source_system
            and valued.currency = table_rates.currency
            and valued.rate_on = table_rates.rate_on
    left join rates as base_rates
        on
            valued.source_system = base_rates.source_system
            and systems.base_currency = base_rates.currency
            and valued.rate_on = base_rates.rate_on
),

-- What is in the reporting currency already needs the way there and back only where it can be gone.
stated as (
    select
        *,
        case
            when
                document_rate > 0 and currency <> base_currency
                and (currency <> '{{ var("reporting_currency") }}' or base_rate is not null)
                then document_rate
        end as own_rate
    from rates_of_events
),

-- The rate the document carries leads to the cents of its ledger's base currency and from there, on the event's day, to the reporting currency.
-- So does the table's, where nobody quotes the pair itself.
rated as (
    select
        *,
        case
            when own_rate is not null then {{ combined_rate('own_rate', 'base_rate') }}
            else table_rate
        end as rate,
        case
            when coalesce(own_rate, step_rate) is not null
                then {{ converted(converted('document_amount', 'coalesce(own_rate, step_rate)'), 'base_rate') }}
            else {{ converted('document_amount', 'table_rate') }}
        end as reporting_amount,
        case
            when coalesce(case when own_rate is not null then base_rate else table_rate end, 0) = 0 then 'missing'
            when own_rate is not null then 'document'
            when currency = '{{ var("reporting_currency") }}' then 'base'
            when step_rate is not null then 'table_through_base'
            when is_turned then 'table_turned'
            when table_quoted_on < rate_on then 'table_carried_forward'
            else 'table'
        end as rate_rule,
        case when own_rate is not null then base_quoted_on else table_quoted_on end as rate_quoted_on
    from stated
),

final as (
    select
        rated.event_key,
        rated.stage,
        rated.deal_key,
        rated.contract_key,
        rated.job_key,
        rated.work_order_key,
        rated.product_key,
        rated.customer_key,
        coalesce(terms.owner_key, 'unknown') as owner_key,
        rated.person_key,
        rated.event_on,
        rated.quantity,
        rated.unit,
        rated.currency,
        rated.document_amount,
        rated.tax_amount,
        cast(rated.rate as decimal(28, 12)) as exchange_rate,
        rated.rate_rule,
        rated.rate_quoted_on,
        rated.reporting_amount,
        rated.legal_entity,
        rated.source_system,
        rated.source_entity,
        rated.source_id,
        coalesce(labels.label, rated.source_id) as entity_label,
        rated.load_id,
        rated.valuation_rule
    from rated
    left join {{ ref('int_job_terms') }} as terms on rated.job_key = terms.job_key
    left join labels
        on rated.source_system = labels.source_system and rated.source_entity = labels.entity and rated.source_id = labels.record_id
)

select * from final
