-- One row per person record and other person that shares evidence with it without being joined, the strongest first.
{{ record_suggestions('person') }}
