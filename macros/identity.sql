{# The other cluster that a record shares evidence with without being joined to it, the strongest first. `noun` is person or product. #}
{% macro record_suggestions(noun) %}
with keys as (
    select * from {{ ref('int_' ~ noun ~ '_keys') }}
),

evidence as (
    select * from {{ ref('int_' ~ noun ~ '_evidence') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = '{{ noun }}'
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = '{{ noun }}' and decision = 'different'
),

held as (
    select distinct
        evidence.match_rule,
        evidence.evidence_value,
        keys.{{ noun }}_key
    from evidence
    inner join keys on evidence.record_id = keys.record_id
),

-- The first two clusters of a value: one of them is another than the record's own. No pairs are made, so a value that
-- thousands share costs nothing.
candidates as (
    select
        match_rule,
        evidence_value,
        min({{ noun }}_key) as first_key,
        max({{ noun }}_key) as last_key
    from held
    group by match_rule, evidence_value
    having count(*) > 1
),

paired as (
    select
        evidence.record_id,
        evidence.match_rule,
        case when candidates.first_key = keys.{{ noun }}_key then candidates.last_key else candidates.first_key end as suggested_key
    from evidence
    inner join candidates on evidence.match_rule = candidates.match_rule and evidence.evidence_value = candidates.evidence_value
    inner join keys on evidence.record_id = keys.record_id
),

-- What a person decided to be different is no longer suggested.
refused as (
    select decisions.left_record_id as record_id, keys.{{ noun }}_key
    from decisions
    inner join keys on decisions.right_record_id = keys.record_id
    union
    select decisions.right_record_id, keys.{{ noun }}_key
    from decisions
    inner join keys on decisions.left_record_id = keys.record_id
),

final as (
    select
        paired.record_id,
        paired.suggested_key,
        paired.match_rule,
        rules.probability,
        refused.record_id is not null as is_decided_different
    from paired
    inner join rules on paired.match_rule = rules.match_rule
    left join refused on paired.record_id = refused.record_id and paired.suggested_key = refused.{{ noun }}_key
    qualify row_number() over (
        partition by paired.record_id
        order by
            refused.record_id is not null asc nulls last,
            rules.rank asc nulls last,
            paired.suggested_key asc nulls last
    ) = 1
)

select * from final
{% endmacro %}

{# What a record is joined to or might be, beside the record that speaks for it. `speaks_for` and `speaks_against` are pairs of a condition on `records` and
   `others` and what it says in words. `entity` is the noun's table of the input layer, `columns` what of it is compared beside the cleaned columns. #}
{% macro record_candidates(noun, entity, name, columns, speaks_for, speaks_against) %}
with keys as (
    select * from {{ ref('int_' ~ noun ~ '_keys') }}
),

records as (
    select
        records.*,
        {% for column in columns %}
            arrived.{{ column }},
        {% endfor %}
        arrived.{{ name }} as {{ noun }}_name
    from {{ ref('int_' ~ noun ~ '_records') }} as records
    inner join {{ ref('cnf_' ~ entity) }} as arrived
        on records.source_system = arrived.source_system and records.{{ noun }}_id = arrived.{{ noun }}_id
),

suggestions as (
    select * from {{ ref('int_' ~ noun ~ '_suggestions') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = '{{ noun }}'
),

-- A record is held against the one that speaks for the cluster; that one itself is joined to nothing. A record may have
-- been joined to one and be
-- suggested for another.
candidates as (
    select record_id, {{ noun }}_key as candidate_key, match_rule, false as is_decided_different, true as is_taken
    from keys
    where position > 1 and match_rule is not null
    union all
    select record_id, suggested_key, match_rule, is_decided_different, false
    from suggestions
),

final as (
    select
        candidates.record_id,
        records.source_system,
        records.{{ noun }}_id,
        records.{{ noun }}_name,
        candidates.candidate_key,
        others.source_system as candidate_system,
        others.{{ noun }}_id as candidate_id,
        others.{{ noun }}_name as candidate_name,
        candidates.match_rule,
        rules.probability as match_probability,
        case
            when candidates.is_taken and candidates.match_rule = 'decision' then 'confirmed'
            when candidates.is_taken then 'automatic'
            when candidates.is_decided_different then 'rejected'
            else 'suggested'
        end as match_status,
        nullif(concat_ws(
            '; ',
            case when candidates.match_rule = 'decision' then 'a person says so' end
            {%- for condition, words in speaks_for %},
            case when {{ condition }} then '{{ words }}' end
            {%- endfor %}
        ), '') as evidence_for,
        nullif(concat_ws(
            '; ',
            case when candidates.is_decided_different then 'a person says that they are two' end
            {%- for condition, words in speaks_against %},
            case when {{ condition }} then '{{ words }}' end
            {%- endfor %},
            case
                when not candidates.is_taken and not candidates.is_decided_different
                    then 'what the rule found contradicts itself, or could be several'
            end
        ), '') as evidence_against
    from candidates
    inner join records on candidates.record_id = records.record_id
    inner join keys as speaking on candidates.candidate_key = speaking.{{ noun }}_key and speaking.position = 1
    inner join records as others on speaking.record_id = others.record_id
    inner join rules on candidates.match_rule = rules.match_rule
)

select * from final
{% endmacro %}

{# Links of records to jobs, each with what a person decided (int_job_decisions) before what a rule gave it. #}
{% macro links_with_decisions(links, decisions) -%}
    select
        {{ links }}.source_system,
        {{ links }}.source_entity,
        {{ links }}.source_id,
        case
            when {{ decisions }}.source_id is not null then {{ decisions }}.job_key
            else coalesce({{ links }}.job_key, 'unknown')
        end as job_key,
        case when {{ decisions }}.source_id is not null then 'decision' else coalesce({{ links }}.match_rule, 'no_job') end as match_rule,
        case when {{ decisions }}.source_id is null and {{ links }}.job_key is null then {{ links }}.candidates end as candidates,
        {{ decisions }}.decided_by,
        {{ decisions }}.decided_on
    from {{ links }}
    left join {{ decisions }}
        on
            {{ links }}.source_system = {{ decisions }}.source_system
            and {{ links }}.source_entity = {{ decisions }}.source_entity
            and {{ links }}.source_id = {{ decisions }}.source_id
{%- endmacro %}

{# The latest decision about a record that it is another, and that it is not, whichever side of the pair it is on. #}
{% macro latest_decisions(decisions) -%}
    select record_id, decision, decided_by, decided_on
    from (
        select left_record_id as record_id, pair_id, decision, decided_by, decided_on from {{ decisions }}
        union all
        select right_record_id, pair_id, decision, decided_by, decided_on from {{ decisions }}
    ) as sides
    qualify row_number() over (
        partition by record_id, decision
        order by decided_on desc nulls last, pair_id asc nulls last
    ) = 1
{%- endmacro %}
