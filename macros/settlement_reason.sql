{# Why what went to an account that is no bank settles a receivable: by the account's role. #}
{% macro settlement_reason(role) -%}
    case {{ role }}
        when 'retention' then 'retention_held'
        when 'withholding_tax' then 'tax_withheld'
        when 'customer_deposits' then 'deposit_applied'
        when 'disbursement' then 'disbursement'
        when 'bad_debt' then 'write_off'
        when 'discount_allowed' then 'discount_taken'
        when 'finance_cost' then 'finance_fee'
        else 'settled_without_cash'
    end
{%- endmacro %}
