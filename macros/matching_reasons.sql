{# Whether a record, counted in a unit of so many base units, costs about what priced work does; where that has no price, whatever it costs. `row` has quantity and
   document_amount of the record, priced_quantity (base units) and priced_amount of the work, and price_plausibility. #}
{% macro is_plausible_price(base_quantity, row='compared') -%}
    {%- set own = 'cast(' ~ row ~ '.document_amount as decimal(38, 2)) * ' ~ row ~ '.priced_quantity' -%}
    {%- set priced = 'cast(' ~ row ~ '.priced_amount as decimal(38, 2)) * ' ~ in_base_unit(row ~ '.quantity', base_quantity) -%}
    (
        {{ row }}.priced_amount = 0
        or ({{ own }} * price_plausibility >= {{ priced }} and {{ own }} <= {{ priced }} * price_plausibility)
    )
{%- endmacro %}

{# Why a negative line of billing took something back. A credit note without a reason has the reason other. A void stands alone
   where the day of what it voids has no rate. #}
{% macro billing_correction(items) -%}
    case
        when {{ items }}.is_void then 'voided'
        when {{ items }}.stage = 'invoiced' and coalesce({{ items }}.credit_reason, 'none') <> 'return' then 'discount_given'
        when {{ items }}.credit_reason = 'rebate' then 'rebate'
        else 'credit_' || coalesce({{ items }}.credit_reason, 'other')
    end
{%- endmacro %}

{# Why a negative delivery took work back: negative time corrects what was recorded, it brings nothing back. #}
{% macro delivery_correction(items) -%}
    case
        when {{ items }}.valuation_rule = 'rebate' then 'rebate'
        when {{ items }}.is_time_corrected then 'time_corrected'
        else 'returned'
    end
{%- endmacro %}

{# Why a negative posting took revenue back. #}
{% macro posting_correction(items) -%}
    case
        when {{ items }}.document_type <> 'credit_note' then 'accrual_reversed'
        when {{ items }}.credit_reason = 'rebate' then 'rebate'
        else 'credit_' || coalesce({{ items }}.credit_reason, 'other')
    end
{%- endmacro %}

{# The day from which the billing window runs: the end of the billing period that holds the day, for the periodic rules, else the day itself. #}
{% macro billing_due_on(day, policies) -%}
    case
        when {{ policies }}.billing_rule not in ('periodic_advance', 'periodic_arrears') then {{ day }}
        when {{ policies }}.billing_period = 'week' then {{ plus_days(dbt.date_trunc('week', day), 6) }}
        when {{ policies }}.billing_period in ('month', 'quarter')
            then case when {{ policies }}.billing_period = 'month' then {{ dbt.last_day(day, 'month') }} else {{ dbt.last_day(day, 'quarter') }} end
        else {{ day }}
    end
{%- endmacro %}

{# A pass may leave a millionth of a quantity and no money: no piece, unless the event itself is worth nothing. #}
{% macro is_something_left(rest, side, items) -%}
    {{ rest }}.{{ side }}_document_amount <> 0 or {{ rest }}.{{ side }}_reporting_amount <> 0 or {{ items }}.document_amount = 0
{%- endmacro %}

{# Pieces of a job in the order of their days, and how much of each is the rate's: `moved` of `int_accrual_translation`, the first first. #}
{% macro translated(pieces, item_key, moved, which) -%}
    select
        pieces.*,
        case
            when moved.{{ moved }} > 0 and {{ which }}
                then greatest(least(pieces.ends_at, moved.{{ moved }}) - (pieces.ends_at - pieces.amount), 0)
            else 0
        end as translated_amount
    from (
        select
            *,
            sum(case when {{ which }} then amount else 0 end) over (
                partition by job_key order by event_on nulls last, {{ item_key }} nulls last rows between unbounded preceding and current row
            ) as ends_at
        from {{ pieces }}
    ) as pieces
    left join {{ ref('int_accrual_translation') }} as moved on pieces.job_key = moved.job_key
{%- endmacro %}
