-- One row per booked contract: the charge rate of its first day, as it was known then, else as it first arrived.
with contracts as (
    select * from {{ ref('int_booked_contracts') }}
),

contract_references as (
    select * from {{ ref('int_contract_references') }}
),

versions as (
    select
        versions.*,
        {{ known_day('versions') }} as known_on
    from {{ ref('cnf_contract_rate_versions') }} as versions
    left join {{ ref('int_source_systems') }} as systems on versions.source_system = systems.source_system
),

-- What a rate was on the contract's first day: its last version until then, which may be its end; else the first that
-- arrived.
known as (
    select
        contracts.contract_key,
        contracts.booked_on,
        contracts.person_key as placed_person_key,
        versions.known_on <= contracts.booked_on as is_known_on_day,
        versions.source_system,
        versions.contract_rate_id,
        versions.product_id,
        versions.person_id,
        versions.rate_class,
        versions.unit,
        versions.charge_rate,
        versions.pay_rate,
        versions.on_cost_pct,
        versions.valid_from,
        versions.valid_to,
        versions.is_deleted
    from contracts
    inner join contract_references on contracts.contract_key = contract_references.contract_key
    inner join versions
        on
            contract_references.source_system = versions.source_system
            and contract_references.contract_id = versions.contract_id
    qualify row_number() over (
        partition by contracts.contract_key, versions.source_system, versions.contract_rate_id
        order by
            versions.known_on <= contracts.booked_on desc nulls last,
            case when versions.known_on <= contracts.booked_on then -versions.version_number else versions.version_number end nulls last
    ) = 1
),

placed as (
    select
        known.*,
        case when known.product_id is not null then coalesce(xref_product.product_key, 'unknown') end as product_key,
        case when known.person_id is not null then coalesce(people.person_key, 'unknown') end as person_key
    from known
    left join {{ ref('xref_person') }} as people
        on known.source_system = people.source_system and known.person_id = people.source_id
    left join {{ ref('xref_product') }} as xref_product
        on
            known.source_system = xref_product.source_system
            and known.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    where known.charge_rate is not null and not known.is_deleted
),

-- In force on the first day, else the nearest to it; the placed person's before anybody's. A rate known in time goes
-- before one that came later.
final as (
    select
        contract_key,
        contract_rate_id,
        product_key,
        lower(trim(unit)) as unit,
        charge_rate,
        pay_rate,
        on_cost_pct,
        is_known_on_day
    from placed
    where person_key is null or placed_person_key = 'unknown' or person_key = placed_person_key
    qualify row_number() over (
        partition by contract_key
        order by
            valid_from <= booked_on and coalesce(valid_to, booked_on) >= booked_on desc nulls last,
            is_known_on_day desc nulls last,
            person_key is not null desc nulls last,
            coalesce(lower(trim(rate_class)), 'standard') = 'standard' desc nulls last,
            abs({{ days_between('valid_from', 'booked_on') }}) nulls last,
            contract_rate_id nulls last
    ) = 1
)

select * from final
