-- One row per product record and product that it is joined to or might be, with what speaks for it and against it.
with keys as (
    select * from {{ ref('int_product_keys') }}
),

records as (
    select
        records.*,
        products.product_name,
        products.product_code,
        products.unit,
        products.list_price,
        products.currency
    from {{ ref('int_product_records') }} as records
    inner join {{ ref('cnf_products') }} as products
        on records.source_system = products.source_system and records.product_id = products.product_id
),

suggestions as (
    select * from {{ ref('int_product_suggestions') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'product'
),

-- A record is held against the one that speaks for the product; that one itself is joined to nothing.
candidates as (
    select
        record_id,
        product_key as candidate_key,
        match_rule,
        cast(null as decimal(9, 6)) as probability,
        false as is_decided_different,
        true as is_taken
    from keys
    where position > 1 and match_rule is not null
    union all
    select record_id, suggested_key, match_rule, probability, is_decided_different, false
    from suggestions
),

final as (
    select
        candidates.record_id,
        records.source_system,
        records.product_id,
        records.product_name,
        candidates.candidate_key,
        others.source_system as candidate_system,
        others.product_id as candidate_id,
        others.product_name as candidate_name,
        candidates.match_rule,
        coalesce(candidates.probability, rules.probability) as match_probability,
        case
            when candidates.is_taken and candidates.match_rule = 'decision' then 'confirmed'
            when candidates.is_taken then 'automatic'
            -- A record may have been joined to one product and be suggested for another.
            when candidates.is_decided_different then 'rejected'
            else 'suggested'
        end as match_status,
        nullif(concat_ws(
            '; ',
            case when candidates.match_rule = 'decision' then 'a person says so' end,
            case when records.code = others.code then 'the same code' end,
            case when records.name = others.name then 'the same name' end,
            case when records.category = others.category then 'the same category' end,
            case when lower(records.unit) = lower(others.unit) then 'the same unit' end,
            case when records.list_price = others.list_price and records.currency = others.currency then 'the same price' end
        ), '') as evidence_for,
        nullif(concat_ws(
            '; ',
            case when candidates.is_decided_different then 'a person says that they are two' end,
            case when records.code <> others.code then 'other codes' end,
            case when records.code <> others.code and records.source_system = others.source_system then 'one system has both' end,
            case when records.name <> others.name then 'other names' end,
            case when records.category <> others.category then 'other categories' end,
            case when lower(records.unit) <> lower(others.unit) then 'other units' end,
            case when records.list_price <> others.list_price and records.currency = others.currency then 'other prices' end,
            case when records.legal_entity <> others.legal_entity then 'of another company' end,
            case
                when not candidates.is_taken and not candidates.is_decided_different
                    then 'what the rule found contradicts itself, or could be several'
            end
        ), '') as evidence_against
    from candidates
    inner join records on candidates.record_id = records.record_id
    inner join keys as speaking on candidates.candidate_key = speaking.product_key and speaking.position = 1
    inner join records as others on speaking.record_id = others.record_id
    inner join rules on candidates.match_rule = rules.match_rule
)

select * from final
