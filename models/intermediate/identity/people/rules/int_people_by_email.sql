-- One row per person record and the cluster it is in once e-mail addresses are applied.
{{ join_records(
    records='int_people_by_decision',
    evidence='int_person_evidence',
    marks='int_person_marks',
    rule='email',
    respecting=['decided_different', 'own_system', 'payroll_number'],
) }}
