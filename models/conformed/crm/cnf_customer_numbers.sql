-- One row per number by which a customer record goes elsewhere, of every system that is switched on.
{{ union_systems('customer_numbers') }}
