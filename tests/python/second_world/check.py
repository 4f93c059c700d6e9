"""What must hold of the world itself before it may judge anything."""

from __future__ import annotations

from decimal import Decimal

from second_world.basics import CONVERSION, MONTH_ENDS, ZERO, q2
from second_world.chart import ACCOUNTS, DEFERRED, DEPOSITS, RECEIVABLE, RETENTION, account_id
from second_world.figures import Truth, total
from second_world.rates import table
from second_world.truth_ledger import POSTED


def faults(truth: Truth) -> list[str]:
    """Everything that does not hold; empty when the world is sound."""
    return [
        *_journals(truth),
        *_documents(truth),
        *_receivable(truth),
        *_balances(truth),
        *_rates(),
    ]


def _journals(truth: Truth) -> list[str]:
    found, last, made = [], 0, None
    accounts = {account_id(code) for code in ACCOUNTS}
    for journal in truth.ledger.documents["Journals"]:
        number = journal["JournalNumber"]
        off = sum((line["NetAmount"] for line in journal["JournalLines"]), ZERO)
        if off:
            found.append(f"journal {number} is out by {off}")
        if number <= last or (made and journal["CreatedDateUTC"] < made):
            found.append(f"journal {number} is out of order")
        if any(line["AccountID"] not in accounts for line in journal["JournalLines"]):
            found.append(f"journal {number} names an account that is not in the chart")
        last, made = number, journal["CreatedDateUTC"]
    return found


def _documents(truth: Truth) -> list[str]:
    found = []
    posted = {journal["SourceID"] for journal in truth.ledger.documents["Journals"]}
    for name in ("Invoices", "CreditNotes", "Overpayments", "Prepayments", "BankTransactions"):
        for held in truth.ledger.documents[name]:
            number = held.get("InvoiceNumber") or held.get("CreditNoteNumber") or held["Reference"]
            label = f"{name} {number}"
            lines = sum((item["LineAmount"] for item in held["LineItems"]), ZERO)
            tax = sum((item["TaxAmount"] for item in held["LineItems"]), ZERO)
            inclusive = held["LineAmountTypes"] == "Inclusive"
            if held["TotalTax"] != tax or held["SubTotal"] + tax != held["Total"]:
                found.append(f"{label}: the tax does not add up")
            if lines != (held["Total"] if inclusive else held["SubTotal"]):
                found.append(f"{label}: lines {lines} are not {held['Total']}")
            if held["LineAmountTypes"] == "NoTax" and tax:
                found.append(f"{label}: NoTax with tax")
            due = held.get("AmountDue")
            if (
                due is not None
                and held["Status"] in POSTED
                and (
                    due != held["Total"] - held["AmountPaid"] - held["AmountCredited"]
                    or (due == 0) != (held["Status"] == "PAID")
                    or due < 0
                )
            ):
                found.append(f"{label}: due {due} does not fit")
            key = next((held[k] for k in ("InvoiceID", "CreditNoteID") if k in held), None)
            wanted = held["Status"] in (*POSTED, "VOIDED") and held["Date"] > CONVERSION
            if key is not None and wanted != (key in posted):
                found.append(f"{label}: journal and status {held['Status']} do not fit")
    return found


def _receivable(truth: Truth) -> list[str]:
    found = []
    for end in (CONVERSION, *MONTH_ENDS):
        ledger, documents = truth.ledger.balance(RECEIVABLE, end), truth.openings.on(end)
        if ledger != total(documents):
            found.append(f"receivable {end}: ledger {ledger}, documents {total(documents)}")
    by_id = {each.source: each for each in truth.open_documents()}
    for held in truth.ledger.documents["Invoices"]:
        if held["Type"] == "ACCREC" and held["Status"] in POSTED:
            listed = by_id.get(held["InvoiceID"])
            if (listed.document if listed else ZERO) != held["AmountDue"]:
                found.append(
                    f"{held['InvoiceNumber']}: AmountDue {held['AmountDue']} is not what is open"
                )
    for name in ("CreditNotes", "Overpayments", "Prepayments"):
        for held in truth.ledger.documents[name]:
            key = next(
                held[k] for k in ("CreditNoteID", "OverpaymentID", "PrepaymentID") if k in held
            )
            listed = by_id.get(key)
            if listed and -listed.document != held["RemainingCredit"]:
                found.append(f"{name} {key}: RemainingCredit {held['RemainingCredit']}")
    return found


def _balances(truth: Truth) -> list[str]:
    """Accounts whose balance the story fixes by hand."""
    wanted = {DEPOSITS: Decimal(-300), DEFERRED: Decimal(-600), RETENTION: Decimal(275)}
    end = MONTH_ENDS[-1]
    found = [
        f"account {code}: {truth.ledger.balance(code, end)}, not {right}"
        for code, right in wanted.items()
        if truth.ledger.balance(code, end) != right
    ]
    if sum((truth.ledger.balance(code, end) for code in ACCOUNTS), ZERO):
        found.append("the trial balance is not zero")
    ledger = sum(
        (-truth.ledger.balance(c, end) for c, a in ACCOUNTS.items() if a.role == "revenue"), ZERO
    )
    events = truth.summed("stage")["recognised",]["eur"]
    if ledger != events:
        found.append(f"recognised {events}, the ledger {ledger}")
    bank = sum(
        (truth.ledger.balance(c, end) for c, a in ACCOUNTS.items() if a.role == "cash"), ZERO
    )
    moved = sum(
        (
            each.eur
            for each in truth.events
            if each.stage.startswith("cash") and each.on > CONVERSION
        ),
        ZERO,
    )
    bills = sum(
        (
            p["BankAmount"]
            for p in truth.ledger.documents["Payments"]
            if p["PaymentType"] == "ACCPAYPAYMENT" and p["Status"] == "AUTHORISED"
        ),
        ZERO,
    )
    if bank != Decimal(40000) + moved - bills:
        found.append(f"bank {bank}, events say {Decimal(40000) + moved - bills}")
    return found


def _rates() -> list[str]:
    return [f"{pair}: {rate}" for pair, rate in table().items() if rate <= 0 or q2(rate) == 0]
