-- One row per person record and the cluster it is in once full names are applied.
{{ join_records(
    records='int_people_by_payroll_number',
    evidence='int_person_evidence',
    marks='int_person_marks',
    rule='full_name',
    respecting=['decided_different', 'own_system', 'payroll_number', 'mailbox'],
) }}
