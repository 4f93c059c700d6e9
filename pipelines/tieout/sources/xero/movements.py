"""What moves in the ledger beside its documents: payments, bank transactions, journals and the
trial balance."""

from __future__ import annotations

from tieout.landing.table_types import Table
from tieout.sources.xero.documents import LINE, LINE_ALSO
from tieout.sources.xero.shapes import Record

PAYMENTS = Record(
    "Payments",
    "payments",
    "payment_id",
    """
payment_id: PaymentID text!
payment_type: PaymentType text!
status: Status text!
paid_on: Date date!
amount: Amount amount!
bank_amount: BankAmount amount
currency_rate: CurrencyRate rate
reference: Reference text
batch_payment_id: BatchPaymentID text
account_id: Account.AccountID text
account_code: Account.Code text
invoice_id: Invoice.InvoiceID text
invoice_type: Invoice.Type text
credit_note_id: CreditNote.CreditNoteID text
currency_code: Invoice.CurrencyCode text
contact_id: Invoice.Contact.ContactID text
overpayment_id: Overpayment.OverpaymentID text
prepayment_id: Prepayment.PrepaymentID text
is_reconciled: IsReconciled boolean
updated_at: UpdatedDateUTC timestamp!
""",
    "InvoiceNumber CreditNoteNumber BatchPayment Code BankAccountNumber Particulars Details HasAccount",
    paged=True,
    incremental=True,
)
BANK_TRANSACTIONS = Record(
    "BankTransactions",
    "bank_transactions",
    "bank_transaction_id",
    """
bank_transaction_id: BankTransactionID text!
type: Type text!
status: Status text!
account_id: BankAccount.AccountID text
account_code: BankAccount.Code text
contact_id: Contact.ContactID text
transacted_on: Date date!
currency_code: CurrencyCode text!
currency_rate: CurrencyRate rate
line_amount_types: LineAmountTypes text
sub_total: SubTotal amount!
total_tax: TotalTax amount!
total: Total amount!
reference: Reference text
overpayment_id: OverpaymentID text
prepayment_id: PrepaymentID text
is_reconciled: IsReconciled boolean
updated_at: UpdatedDateUTC timestamp!
""",
    "BatchPayment",
    (Record("LineItems", "bank_transaction_lines", "line_item_id", LINE, LINE_ALSO),),
    (("unitdp", "4"),),
    paged=True,
    incremental=True,
    needed=False,
)
MANUAL_JOURNALS = Record(
    "ManualJournals",
    "manual_journals",
    "manual_journal_id",
    """
manual_journal_id: ManualJournalID text!
narration: Narration text!
status: Status text!
posted_on: Date date!
line_amount_types: LineAmountTypes text
updated_at: UpdatedDateUTC timestamp!
""",
    "ShowOnCashBasisReports",
    (
        Record(
            "JournalLines",
            "manual_journal_lines",
            "line_id",
            "line_id: JournalLineID text\nline_amount: LineAmount amount!\naccount_code: AccountCode text\n"
            "account_id: AccountID text\ndescription: Description text\n"
            "tax_type: TaxType text\ntax_amount: TaxAmount amount",
            "Tracking IsBlank",
        ),
    ),
    paged=True,
    incremental=True,
    needed=False,
)
JOURNALS = Record(
    "Journals",
    "journals",
    "journal_id",
    """
journal_id: JournalID text!
journal_number: JournalNumber integer!
posted_on: JournalDate date!
entered_at: CreatedDateUTC timestamp!
reference: Reference text
source_id: SourceID text
source_type: SourceType text
""",
    children=(
        Record(
            "JournalLines",
            "journal_lines",
            "journal_line_id",
            """
journal_line_id: JournalLineID text!
account_id: AccountID text
account_code: AccountCode text
account_type: AccountType text
account_name: AccountName text
description: Description text
net_amount: NetAmount amount!
gross_amount: GrossAmount amount
tax_amount: TaxAmount amount
tax_type: TaxType text
tracking_name_1: TrackingCategories.0.Name text
tracking_option_1: TrackingCategories.0.Option text
tracking_name_2: TrackingCategories.1.Name text
tracking_option_2: TrackingCategories.1.Option text
""",
            "TaxName",
        ),
    ),
)

# The report has no documents with fields but rows of cells, so its tables are written out.
TRIAL_BALANCES = Table(
    name="trial_balances",
    columns={
        "report_on": "date",
        "title": "text",
        **dict.fromkeys(("ytd_debit", "ytd_credit"), "amount"),
        "payload": "json",
    },
    key=("report_on",),
    required=frozenset({"report_on"}),
)
TRIAL_BALANCE_ROWS = Table(
    name="trial_balance_rows",
    columns={
        "report_on": "date",
        "account_id": "text",
        "account_code": "text",
        "account_name": "text",
        **dict.fromkeys(("debit", "credit", "ytd_debit", "ytd_credit"), "amount"),
    },
    key=("report_on", "account_id"),
    required=frozenset({"report_on", "account_id", "ytd_debit", "ytd_credit"}),
    parent=("report_on",),
)
