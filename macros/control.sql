{# The shape of all controls, from a CTE of subjects with: entity_id, source_system, occurred_on, currency, expected_amount, actual_amount,
   at_risk_amount and examined_amount (all in `currency`), cause, suggested_action, is_exception. `has` names what it holds beside these:
   keys, a period, `part`, what tells two exceptions of one record apart, and `worth`, `worth_amount` in `currency` and `worth_reporting_amount`, what that
   is in the totals: the rate of a subject that lies over several days. Another record's is the one at which it counts itself, else the table's of its day.
   Without `entity` it holds that, too. `evidence` names the columns that show it; what shows `bill_by_on` is due the day after. #}
{% macro control_rows(control_id, entity, has=[], evidence=[], subjects='examined') %}
    {%- set entity_name = "'" ~ entity ~ "'" if entity else 'subjects.entity' %}
    {%- set waited = plus_days('subjects.occurred_on', 'case when dated.waits then dated.window_days + 1 else 0 end') -%}
    {%- set rate = 'coalesce(record_rates.exchange_rate, rates.rate)' -%}
    {%- set worth = {} -%}
    {%- for measure in ['expected', 'actual', 'at_risk', 'examined'] -%}
        {%- set amount = 'subjects.' ~ measure ~ '_amount' -%}
        {%- if 'worth' in has -%}
            {%- do worth.update({measure: 'coalesce(' ~ share(amount, 'subjects.worth_reporting_amount', 'subjects.worth_amount') ~ ', ' ~ converted(amount, rate) ~ ')'}) -%}
        {%- else -%}
            {%- do worth.update({measure: converted(amount, rate)}) -%}
        {%- endif -%}
    {%- endfor %}
    select
        {{ make_key(["'" ~ control_id ~ "'", entity_name, 'subjects.source_system', 'subjects.entity_id'] + (['subjects.part'] if 'part' in has else [])) }}
            as exception_key,
        '{{ control_id }}' as control_id,
        {{ entity_name }} as entity,
        subjects.entity_id,
        subjects.source_system,
        {% for key in ['deal', 'contract', 'job', 'work_order', 'delivery', 'invoice', 'product', 'customer', 'owner'] %}
            {{ "coalesce(subjects." ~ key ~ "_key, 'unknown')" if key ~ '_key' in has else "'unknown'" }} as {{ key }}_key,
        {% endfor %}
        subjects.occurred_on,
        {{ 'greatest(' ~ waited ~ ', coalesce(' ~ plus_days('subjects.bill_by_on', '1') ~ ', ' ~ waited ~ '))' if 'bill_by_on' in evidence else waited }}
            as found_from_on,
        {{ 'subjects.period_starts_on' if 'period' in has else 'cast(null as date)' }} as period_starts_on,
        {{ 'subjects.period_ends_on' if 'period' in has else 'cast(null as date)' }} as period_ends_on,
        subjects.currency,
        {{ worth.expected }} as expected_amount,
        {{ worth.actual }} as actual_amount,
        cast(case when subjects.is_exception then abs(coalesce({{ worth.at_risk }}, 0)) else 0 end as decimal(18, 2))
            as value_at_risk_amount,
        cast(subjects.at_risk_amount as decimal(18, 2)) as document_amount,
        subjects.cause,
        subjects.suggested_action,
        case when subjects.is_exception then {{ as_json(evidence, 'subjects') }} else '{}' end as evidence,
        {{ worth.examined }} as examined_amount,
        coalesce(subjects.is_exception, false) as is_exception
    from {{ subjects }} as subjects
    left join ({{ control_rules(control_id) }}) as dated on {{ in_force('subjects.occurred_on', 'dated') }}
    left join {{ ref('int_control_rates') }} as rates on subjects.currency = rates.currency and subjects.occurred_on = rates.rate_on
    left join {{ ref('int_record_rates') }} as record_rates
        on
            subjects.source_system = record_rates.source_system
            and {{ entity_name }} = record_rates.entity
            and subjects.entity_id = record_rates.record_id
            and subjects.currency = record_rates.currency
{% endmacro %}

{# The versions of a control's rule, each with the days on which it is in force. #}
{% macro control_rules(control_id) -%}
    select * from {{ ref('int_control_rules') }} where control_id = '{{ control_id }}'
{%- endmacro %}

{# Whether a rule, of the CTE `rules` or another, is the one in force on a day. #}
{% macro in_force(day, rules='rules') -%} {{ day }} >= {{ rules }}.valid_from and {{ day }} < {{ rules }}.valid_until {%- endmacro %}

{# Whether a difference is more than the rule allows: the larger of its amount and its percentage of the base. #}
{% macro beyond_tolerance(difference, base) -%}
    {{ above_tolerance('abs(' ~ difference ~ ')', base) }}
{%- endmacro %}

{# The same of what only matters above. #}
{% macro above_tolerance(difference, base) -%}
    {{ difference }} > greatest(rules.tolerance_amount, {{ percent_of('rules.tolerance_pct', 'abs(' ~ base ~ ')') }})
{%- endmacro %}

{#
  What a price of so many units may be off: the larger of the rule's percentage of what is agreed and its amount for each
  unit. The amount is for rounding: where it is more than a hundredth of the price, as a cent is of a word's, it is none.
#}
{% macro tolerated_of_price(quantity, agreed) -%}
    {%- set rounding = extended(quantity, 'rules.tolerance_amount') -%}
    greatest(
        case when {{ rounding }} * 100 <= abs({{ agreed }}) then {{ rounding }} else cast(0 as decimal(18, 2)) end,
        {{ percent_of('rules.tolerance_pct', agreed) }}
    )
{%- endmacro %}

{# Whether the rule's window after a day is over on the day of the position. #}
{% macro window_passed(day) -%} {{ plus_days(day, 'rules.window_days') }} < {{ as_of() }} {%- endmacro %}
