-- One row per version of a customer that arrived, tombstones included, from the systems whose tables have the input
-- layer's columns.
{{ union_systems('customer_versions', listed_as='customers', in_shape=true) }}
