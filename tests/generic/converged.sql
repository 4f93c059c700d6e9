{# The rule was followed to the end: records that share a value of its evidence are in one cluster, unless the rule refused the chain they are in. #}
{% test converged(model, evidence, rule) %}
    select
        evidence.evidence_value,
        count(distinct clusters.cluster_id) as cluster_count
    from {{ evidence }} as evidence
    inner join {{ model }} as clusters on evidence.record_id = clusters.record_id
    where evidence.match_rule = '{{ rule }}' and not evidence.is_loose and not clusters.is_refused
    group by evidence.evidence_value
    having count(distinct clusters.cluster_id) > 1
{% endtest %}
