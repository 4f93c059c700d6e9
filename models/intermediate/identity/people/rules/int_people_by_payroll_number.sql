-- One row per person record and the cluster it is in once payroll numbers are applied.
{{ join_records(
    records='int_people_by_email',
    evidence='int_person_evidence',
    marks='int_person_marks',
    rule='payroll_number',
    respecting=['decided_different', 'own_system'],
) }}
