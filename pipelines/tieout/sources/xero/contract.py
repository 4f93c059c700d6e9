"""What Xero may send: codes the staging knows, ids that lead somewhere, and as many documents as it
says it has."""

from __future__ import annotations

from tieout.contracts.rules import (
    Complete,
    Fresh,
    Reference,
    Rule,
    Suite,
    Unique,
    between,
    in_order,
    matches,
    one_of,
    present,
)
from tieout.contracts.settings_of_systems import base_currency, roles_of_xero

_DOCUMENT_STATUSES = ("DRAFT", "SUBMITTED", "DELETED", "AUTHORISED", "PAID", "VOIDED")
_PREPAID_STATUSES = ("AUTHORISED", "PAID", "VOIDED")
_LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
# Those that a journal's document type is read from; another one is staged as "other", and reported
# here.
_SOURCE_TYPES = (
    *(
        "ACCREC",
        "ACCRECCREDIT",
        "ACCRECPAYMENT",
        "ARCREDITPAYMENT",
        "AROVERPAYMENT",
        "ARPREPAYMENT",
        "CASHREC",
    ),
    *("AROVERPAYMENTPAYMENT", "ARPREPAYMENTPAYMENT", "APOVERPAYMENTPAYMENT", "APPREPAYMENTPAYMENT"),
    *(
        "ACCPAY",
        "ACCPAYCREDIT",
        "ACCPAYPAYMENT",
        "APCREDITPAYMENT",
        "APOVERPAYMENT",
        "APPREPAYMENT",
        "CASHPAID",
    ),
    *(
        "TRANSFER",
        "EXPCLAIM",
        "EXPPAYMENT",
        "MANJOURNAL",
        "PAYSLIP",
        "WAGEPAYABLE",
        "INTEGRATEDPAYROLLPE",
    ),
    *(
        "INTEGRATEDPAYROLLPT",
        "EXTERNALSPENDMONEY",
        "INTEGRATEDPAYROLLPTPAYMENT",
        "INTEGRATEDPAYROLLCN",
    ),
)


def _money_document(key: str, *statuses: str) -> list[Rule]:
    """What holds for every document with money in it."""
    return [
        *present(
            key,
            "type",
            "contact_id",
            "status",
            "issued_on",
            "currency_code",
            "sub_total",
            "total_tax",
            "total",
        ),
        Unique((key,)),
        one_of("status", *statuses),
        one_of("line_amount_types", *_LINE_AMOUNT_TYPES),
        matches("currency_code", "^[A-Z]{3}$", "three capital letters"),
        # Xero holds amounts positive; a credit note is one by its type.
        between("total", low=0, severity="warning"),
        Reference("contact_id", "contacts.contact_id", severity="warning"),
        Complete(),
    ]


def _lines(table: str, parent: str) -> list[Rule]:
    return [*present("line_item_id", parent), Reference(parent, f"{table}.{parent}")]


def _allocations(table: str, parent: str) -> list[Rule]:
    return [
        *present("allocation_id", parent, "invoice_id", "amount", "applied_on"),
        Reference(parent, f"{table}.{parent}"),
        Reference("invoice_id", "invoices.invoice_id", severity="warning"),
        between("amount", low=0, severity="warning"),
    ]


SUITE: Suite = {
    "organisations": [
        *present("organisation_id", "base_currency"),
        matches("base_currency", "^[A-Z]{3}$", "three capital letters"),
        between("financial_year_end_month", low=1, high=12),
        base_currency("base_currency"),
    ],
    "accounts": [
        *present("account_id", "name", "class"),
        Unique(("account_id",)),
        one_of("class", "ASSET", "LIABILITY", "EQUITY", "REVENUE", "EXPENSE"),
        *roles_of_xero(),
    ],
    "tax_rates": [
        *present("tax_type", "effective_rate"),
        between("effective_rate", low=0, high=100),
    ],
    "items": [*present("item_id", "code"), Unique(("code",), severity="warning")],
    "contacts": [
        *present("contact_id", "name"),
        one_of("contact_status", "ACTIVE", "ARCHIVED", "GDPRREQUEST", severity="warning"),
        Complete(),
    ],
    "invoices": [
        *_money_document("invoice_id", *_DOCUMENT_STATUSES),
        one_of("type", "ACCREC", "ACCPAY"),
        in_order("issued_on", "due_on", severity="warning"),
        Fresh("updated_at", within_days=14),
    ],
    "invoice_lines": _lines("invoices", "invoice_id"),
    "credit_notes": [
        *_money_document("credit_note_id", *_DOCUMENT_STATUSES),
        one_of("type", "ACCRECCREDIT", "ACCPAYCREDIT"),
    ],
    "credit_note_lines": _lines("credit_notes", "credit_note_id"),
    "credit_note_allocations": _allocations("credit_notes", "credit_note_id"),
    "overpayments": _money_document("overpayment_id", *_PREPAID_STATUSES),
    "overpayment_allocations": _allocations("overpayments", "overpayment_id"),
    "prepayments": _money_document("prepayment_id", *_PREPAID_STATUSES),
    "prepayment_allocations": _allocations("prepayments", "prepayment_id"),
    "payments": [
        *present("payment_id", "payment_type", "status", "paid_on", "amount"),
        one_of("status", "AUTHORISED", "DELETED"),
        one_of(
            "payment_type",
            *(
                "ACCRECPAYMENT",
                "ACCPAYPAYMENT",
                "ARCREDITPAYMENT",
                "APCREDITPAYMENT",
                "AROVERPAYMENTPAYMENT",
            ),
            *("ARPREPAYMENTPAYMENT", "APPREPAYMENTPAYMENT", "APOVERPAYMENTPAYMENT"),
        ),
        between("amount", low=0, severity="warning"),
        Reference("account_id", "accounts.account_id", severity="warning"),
        Complete(),
    ],
    "bank_transactions": [
        *present("bank_transaction_id", "type", "status", "transacted_on", "total"),
        matches("type", "^(?:RECEIVE|SPEND)", "RECEIVE… or SPEND…"),
        one_of("status", "AUTHORISED", "DELETED", "VOIDED"),
        Complete(),
    ],
    "manual_journals": [
        *present("manual_journal_id", "narration", "posted_on"),
        one_of("status", "DRAFT", "POSTED", "DELETED", "VOIDED", "ARCHIVED"),
        Complete(),
    ],
    "journals": [
        *present("journal_id", "journal_number", "posted_on"),
        Unique(("journal_number",)),
        one_of("source_type", *_SOURCE_TYPES, severity="warning"),
    ],
    "journal_lines": [
        *present("journal_line_id", "journal_id", "net_amount"),
        Reference("journal_id", "journals.journal_id"),
        Reference("account_id", "accounts.account_id", severity="warning"),
    ],
    "trial_balances": [*present("report_on"), Complete(amount="ytd_debit")],
    "trial_balance_rows": [
        *present("report_on", "account_id", "ytd_debit", "ytd_credit"),
        Reference("account_id", "accounts.account_id", severity="warning"),
    ],
}
