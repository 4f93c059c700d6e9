-- One row per product record and other product that shares evidence with it without being joined, the strongest first.
{{ record_suggestions('product') }}
