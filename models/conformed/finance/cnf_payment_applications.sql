-- One row per application of a receipt, credit note, write-off or discount, of every system that is switched on.
{{ union_systems('payment_applications') }}
