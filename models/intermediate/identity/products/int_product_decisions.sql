-- One row per pair of product records that a person judged, in one direction.
{{ judged_pairs('product_links') }}
