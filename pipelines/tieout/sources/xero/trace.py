"""Where a record of the marts lies in the raw tables."""

from __future__ import annotations

from tieout.sources.connectors import Trace

TRACE: Trace = {
    "customers": (("contacts", "contact_id"),),
    "products": (("items", "item_id"),),
    "invoices": (("invoices", "invoice_id"), ("credit_notes", "credit_note_id")),
    "invoice_lines": (("invoice_lines", "line_item_id"), ("credit_note_lines", "line_item_id")),
    "payments": (
        ("payments", "payment_id"),
        ("overpayments", "overpayment_id"),
        ("prepayments", "prepayment_id"),
    ),
    "payment_applications": (
        ("payments", "payment_id"),
        ("credit_note_allocations", "allocation_id"),
        ("overpayment_allocations", "allocation_id"),
        ("prepayment_allocations", "allocation_id"),
    ),
    "journal_lines": (("journal_lines", "journal_line_id"), ("manual_journal_lines", "line_id")),
}
