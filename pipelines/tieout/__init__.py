"""Tieout: joins CRM, work orders and ledger, and explains to the cent why their figures differ."""
