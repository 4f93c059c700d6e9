"""A local Xero Accounting API 2.0 for the demo company and the tests: a real threaded HTTP server
on 127.0.0.1.

    with serve(state.xero, now=datetime(2026, 6, 30, 18, tzinfo=timezone.utc)) as server:
        server.base_url, server.token_url, server.client_id, server.client_secret, server.tenant_id

What `documents` (DemoState.xero) holds
---------------------------------------
`dict[endpoint, list[dict]]`; every dict is the document in Xero's own field names, with Python values: money and
rates `Decimal`, days `date`, instants `datetime` in UTC (naive is taken as UTC), ids text (UUID form), booleans
`bool`. Fields marked * must be there, the others may be left out; any further field of the API description may be
given too and is served as it is. Never given, because the server derives them: `DateString`, `DueDateString`,
`UpdatedDateUTCString`, `ID`, `HasErrors`, `HasAttachments`, `HasValidationErrors`, and the trial balance.
`UpdatedDateUTC*` is on every document that changes: it is what `If-Modified-Since` filters by, so whatever changes
a document must move it on (a payment or an allocation moves its invoice's, too).

Contacts            ContactID* Name* ContactStatus* (ACTIVE, ARCHIVED) UpdatedDateUTC* IsCustomer* IsSupplier*
                    AccountNumber CompanyNumber TaxNumber EmailAddress Website DefaultCurrency Addresses
                    [{AddressType: STREET|POBOX, AddressLine1, City, Region, PostalCode, Country}] Phones
                    [{PhoneType: DEFAULT, PhoneNumber, PhoneAreaCode, PhoneCountryCode}]
Invoices            Type* (ACCREC, ACCPAY) InvoiceID* InvoiceNumber* Contact* {ContactID*, Name*} Date* DueDate
                    LineAmountTypes* (Exclusive, Inclusive, NoTax) Status* (DRAFT, SUBMITTED, DELETED, AUTHORISED,
                    PAID, VOIDED) CurrencyCode* CurrencyRate* SubTotal* TotalTax* Total* Reference AmountDue*
                    AmountPaid* AmountCredited* FullyPaidOnDate UpdatedDateUTC* LineItems*
  LineItems         LineItemID* Description Quantity* UnitAmount* LineAmount* (with tax in it when Inclusive)
                    TaxAmount* TaxType* AccountCode* ItemCode DiscountRate DiscountAmount Tracking [{Name: "Job",
                    Option: "JOB-01234", TrackingCategoryID, TrackingOptionID}]
CreditNotes         Type* (ACCRECCREDIT, ACCPAYCREDIT) CreditNoteID* CreditNoteNumber* Contact* Date*
                    LineAmountTypes* Status* CurrencyCode* CurrencyRate* SubTotal* TotalTax* Total* (all positive)
                    RemainingCredit* Reference FullyPaidOnDate UpdatedDateUTC* LineItems* Allocations*
  Allocations       AllocationID* Amount* Date* Invoice* {InvoiceID*, InvoiceNumber*} IsDeleted (true: taken back)
Payments            PaymentID* Date* Amount* (the invoice's currency) BankAmount* (the bank account's) CurrencyRate*
                    Reference PaymentType* (ACCRECPAYMENT; ACCPAYPAYMENT; refunds: ARCREDITPAYMENT,
                    AROVERPAYMENTPAYMENT, ARPREPAYMENTPAYMENT) Status* (AUTHORISED, DELETED) IsReconciled
                    UpdatedDateUTC* BatchPaymentID Account* {AccountID*, Code*} Invoice* {InvoiceID*,
                    InvoiceNumber*, Type*, CurrencyCode*, Contact* {ContactID*, Name*}}; a refund has, in its place,
                    an Invoice with Type ACCRECCREDIT and the credit note's id, or Overpayment/Prepayment
                    {OverpaymentID*…}
Overpayments        OverpaymentID* Type* (RECEIVE-OVERPAYMENT, SPEND-OVERPAYMENT) Contact* Date* Status*
                    (AUTHORISED, PAID, VOIDED) LineAmountTypes* (NoTax) CurrencyCode* CurrencyRate* SubTotal*
                    TotalTax* Total* RemainingCredit* Reference UpdatedDateUTC* LineItems* Allocations*
Prepayments         PrepaymentID* Type* (RECEIVE-PREPAYMENT, SPEND-PREPAYMENT) … as Overpayments
Accounts            AccountID* Code* Name* Type* (BANK, CURRENT, CURRLIAB, DIRECTCOSTS, EQUITY, EXPENSE, FIXED,
                    OVERHEADS, REVENUE …) Class* (ASSET, LIABILITY, EQUITY, REVENUE, EXPENSE) Status* TaxType
                    CurrencyCode (bank) SystemAccount (DEBTORS, CREDITORS, GST, ROUNDING, RETAINEDEARNINGS …)
                    UpdatedDateUTC*. Codes: seeds/account_roles.csv; 960 is retained earnings and must exist.
TaxRates            Name* TaxType* Status* EffectiveRate* DisplayTaxRate TaxComponents [{Name, Rate}]
Items               ItemID* Code* Name* Description IsSold IsPurchased UpdatedDateUTC* SalesDetails {UnitPrice,
                    AccountCode, TaxType} PurchaseDetails {UnitPrice, AccountCode, TaxType}
TrackingCategories  TrackingCategoryID* Name* (Job) Status* Options* [{TrackingOptionID*, Name*, Status*}]
Journals            JournalID* JournalNumber* (int, rising, may have gaps) JournalDate* CreatedDateUTC* Reference
                    SourceID SourceType* JournalLines* [{JournalLineID*, AccountID*, AccountCode*, AccountType*,
                    AccountName*, Description, NetAmount* (base currency, debit positive), GrossAmount*, TaxAmount*,
                    TaxType, TrackingCategories [{Name, Option}]}]
ManualJournals      ManualJournalID* Narration* Date* Status* (POSTED, DRAFT, VOIDED, DELETED) LineAmountTypes*
                    UpdatedDateUTC* JournalLines* [{LineAmount*, AccountCode*, Description, TaxType, Tracking}]
BankTransactions    BankTransactionID* Type* (RECEIVE, SPEND, RECEIVE-OVERPAYMENT, RECEIVE-PREPAYMENT, …-TRANSFER)
                    Status* BankAccount* {AccountID*, Code*, Name} Date* CurrencyCode* CurrencyRate SubTotal*
                    TotalTax* Total* Reference Contact LineAmountTypes* LineItems* IsReconciled OverpaymentID
                    PrepaymentID UpdatedDateUTC*
Currencies          Code* Description*
Organisation        one document: OrganisationID* Name* LegalName* BaseCurrency* CountryCode* Timezone*
                    FinancialYearEndDay* FinancialYearEndMonth* PeriodLockDate EndOfYearLockDate CreatedDateUTC*
                    TaxNumber
TrialBalance        not needed. Reports/TrialBalance?date= is computed for any day from Journals and Accounts, as
                    Xero does: the month's debit and credit, and the year's (revenue and expense begin anew each
                    financial year; what earlier years earned stands in retained earnings).

Agreed meanings (the staging models rely on them)
-------------------------------------------------
* CurrencyRate = document units per ONE base unit, so base = amount ÷ CurrencyRate; 1 for base-currency documents.
  Give (1 / rate).quantize(10 decimals) where `rate` (6 decimals) is base per document unit, and book journals at
  round(amount × rate, 2) a line; what the lines leave against the gross goes to 860 Rounding.
* Journals: SourceType ACCREC/ACCRECCREDIT/ACCPAY … with SourceID = the document's id; ACCRECPAYMENT with the
  PaymentID; AROVERPAYMENT/ARPREPAYMENT with the Overpayment-/PrepaymentID; MANJOURNAL with the ManualJournalID. An
  allocation of a credit note or overpayment inside one control account has no journal. A document edited after
  posting has its journal reversed and posted again (same SourceID). Void or delete = a reversing journal dated the
  day it happened, and UpdatedDateUTC is that day.
* Narration of a manual journal begins with: "Accrued income …", "Deferred income …", "Accrual …" (document_type
  accrual; its reversal is "Reversal: " + the same narration), "Depreciation …", "Opening balances …", "Year end
  close …"; any other text: manual.
* A bad debt written off is an ACCRECCREDIT credit note whose lines are all on account 400, allocated to the invoice
  on its own date; a settlement discount the same on account 405. They are staged as applications (write_off,
  discount), not as credit notes.
* Reason of a real credit note: one of the words price, quantity, return, duplicate, rebate, dispute, goodwill,
  cancellation in its Reference, e.g. "Credit INV-01234 price".
* Cash that is not against an invoice is an Overpayment or a Prepayment (with its BankTransaction of type
  RECEIVE-OVERPAYMENT / RECEIVE-PREPAYMENT carrying OverpaymentID / PrepaymentID); it stays unapplied as
  RemainingCredit until allocated. Payments against invoices have no BankTransaction in Xero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread
from typing import Any

from tieout_demo.servers.xero.gate import Faults, Gate
from tieout_demo.servers.xero.http import XeroHTTPServer
from tieout_demo.servers.xero.render import utc

Documents = Mapping[str, Sequence[Mapping[str, Any]]]
_NO_FAULTS = Faults()
__all__ = ["Faults", "XeroServer", "serve"]


@dataclass
class XeroServer:
    """A running server. `requests` are the answered API calls (path with query), `unknown` the
    paths nobody knows."""

    http: XeroHTTPServer
    thread: Thread = field(repr=False)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}"

    @property
    def base_url(self) -> str:
        return f"{self.root}/api.xro/2.0"

    @property
    def token_url(self) -> str:
        return f"{self.root}/connect/token"

    @property
    def client_id(self) -> str:
        return self.http.gate.client_id

    @property
    def client_secret(self) -> str:
        return self.http.gate.client_secret

    @property
    def tenant_id(self) -> str:
        return self.http.gate.tenant_id

    @property
    def requests(self) -> list[str]:
        return self.http.requests

    @property
    def unknown(self) -> list[str]:
        return self.http.unknown

    @property
    def tokens_issued(self) -> int:
        return self.http.gate.tokens_issued

    def load(self, documents: Documents, now: datetime) -> None:
        """Puts another day's documents in the place of those served so far."""
        self.http.content = (documents, utc(now))

    def expire_tokens(self) -> None:
        """Ends the life of every token handed out, as thirty minutes do."""
        self.http.gate.expire_tokens()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def __enter__(self) -> XeroServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(
    documents: Documents,
    *,
    now: datetime,
    client_id: str = "demo-client",
    client_secret: str = "demo-secret",  # noqa: S107 - the demo's own, of no use elsewhere
    tenant_id: str = "5a1d0b4e-0000-4000-8000-000000000001",
    faults: Faults = _NO_FAULTS,
    calls_a_minute: int = 60,
    minute_seconds: float = 60.0,
    token_seconds: float = 1800.0,
    port: int = 0,
) -> XeroServer:
    """Starts the server in threads of its own, on a free port unless one is named.

    `now` is the ledger's present: it dates the answers, and reports without a date.
    `minute_seconds` scales the limit of `calls_a_minute` for tests and the demo. Each call of the
    API is counted; a token is not one.
    """
    gate = Gate(
        (client_id, client_secret),
        tenant_id,
        faults,
        calls_a_minute=calls_a_minute,
        minute_seconds=minute_seconds,
        token_seconds=token_seconds,
    )
    http = XeroHTTPServer(port, gate, (documents, utc(now)))
    thread = Thread(
        target=http.serve_forever, kwargs={"poll_interval": 0.05}, name="xero", daemon=True
    )
    thread.start()
    return XeroServer(http, thread)
