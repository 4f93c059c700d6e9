-- One row per person record and the cluster it is in once people's decisions (seed person_links) are applied.
{{ join_records(
    records='int_person_singles',
    evidence='int_person_evidence',
    marks='int_person_marks',
    rule='decision',
    respecting=['decided_different'],
) }}
