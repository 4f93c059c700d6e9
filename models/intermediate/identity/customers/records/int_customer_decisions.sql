-- One row per pair of customer records that a person judged, in one direction.
{{ judged_pairs('customer_links') }}
