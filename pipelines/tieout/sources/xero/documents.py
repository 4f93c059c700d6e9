"""The documents with money in them: invoices and bills, credit notes, overpayments, prepayments,
and their lines."""

from __future__ import annotations

from tieout.sources.xero.shapes import Record

LINE = """
line_item_id: LineItemID text
description: Description text
quantity: Quantity number
unit_amount: UnitAmount number
line_amount: LineAmount amount
tax_amount: TaxAmount amount
tax_type: TaxType text
account_code: AccountCode text
account_id: AccountID text
item_code: ItemCode text
discount_rate: DiscountRate number
discount_amount: DiscountAmount number
tracking_name_1: Tracking.0.Name text
tracking_option_1: Tracking.0.Option text
tracking_name_2: Tracking.1.Name text
tracking_option_2: Tracking.1.Option text
"""
LINE_ALSO = "Item Tracking RepeatingInvoiceID Taxability SalesTaxCodeId TaxBreakdown"

_ALLOCATION = """
allocation_id: AllocationID text
invoice_id: Invoice.InvoiceID text!
invoice_number: Invoice.InvoiceNumber text
amount: Amount amount!
applied_on: Date date!
is_deleted_allocation: IsDeleted boolean
"""
_ALLOCATION_ALSO = "Invoice Overpayment Prepayment CreditNote"

_MONEY = """
contact_id: Contact.ContactID text!
contact_name: Contact.Name text
status: Status text!
line_amount_types: LineAmountTypes text
currency_code: CurrencyCode text!
currency_rate: CurrencyRate rate
sub_total: SubTotal amount!
total_tax: TotalTax amount!
total: Total amount!
reference: Reference text
issued_on: Date date!
updated_at: UpdatedDateUTC timestamp!
"""


def _lines(table: str) -> Record:
    return Record("LineItems", table, "line_item_id", LINE, LINE_ALSO)


def _allocations(table: str) -> Record:
    return Record("Allocations", table, "allocation_id", _ALLOCATION, _ALLOCATION_ALSO)


def _prepaid(endpoint: str, key: str, stem: str) -> Record:
    """Overpayments and prepayments: money received that stands against no invoice yet."""
    return Record(
        endpoint,
        f"{stem}s",
        f"{stem}_id",
        f"{stem}_id: {key} text!\ntype: Type text!{_MONEY}remaining_credit: RemainingCredit amount",
        "Payments AppliedAmount InvoiceNumber",
        (_lines(f"{stem}_lines"), _allocations(f"{stem}_allocations")),
        (("unitdp", "4"),),
        paged=True,
        incremental=True,
    )


INVOICES = Record(
    "Invoices",
    "invoices",
    "invoice_id",
    f"""
invoice_id: InvoiceID text!
type: Type text!
invoice_number: InvoiceNumber text{_MONEY}due_on: DueDate date
amount_due: AmountDue amount
amount_paid: AmountPaid amount
amount_credited: AmountCredited amount
fully_paid_on: FullyPaidOnDate date
""",
    "Payments CreditNotes Prepayments Overpayments IsDiscounted ExpectedPaymentDate PlannedPaymentDate CISDeduction "
    "CISRate TotalDiscount InvoiceAddresses InvoicePaymentServices",
    (_lines("invoice_lines"),),
    (("unitdp", "4"), ("includeArchived", "true")),
    paged=True,
    incremental=True,
)
CREDIT_NOTES = Record(
    "CreditNotes",
    "credit_notes",
    "credit_note_id",
    f"""
credit_note_id: CreditNoteID text!
type: Type text!
credit_note_number: CreditNoteNumber text{_MONEY}remaining_credit: RemainingCredit amount
fully_paid_on: FullyPaidOnDate date
""",
    "Payments CISDeduction CISRate AppliedAmount DueDate InvoiceAddresses",
    (_lines("credit_note_lines"), _allocations("credit_note_allocations")),
    (("unitdp", "4"),),
    paged=True,
    incremental=True,
)
OVERPAYMENTS = _prepaid("Overpayments", "OverpaymentID", "overpayment")
PREPAYMENTS = _prepaid("Prepayments", "PrepaymentID", "prepayment")

MONEY_DOCUMENTS = (INVOICES, CREDIT_NOTES, OVERPAYMENTS, PREPAYMENTS)
