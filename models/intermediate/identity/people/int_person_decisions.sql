-- One row per pair of person records that somebody judged, in one direction.
{{ judged_pairs('person_links') }}
