"""Who and what the ledger knows: organisation, currencies, accounts, tax rates, items, tracking,
contacts."""

from __future__ import annotations

from tieout.sources.xero.shapes import Record

ORGANISATION = Record(
    "Organisation",
    "organisations",
    "organisation_id",
    """
organisation_id: OrganisationID text!
name: Name text!
legal_name: LegalName text
base_currency: BaseCurrency text!
country_code: CountryCode text
timezone: Timezone text
financial_year_end_day: FinancialYearEndDay integer
financial_year_end_month: FinancialYearEndMonth integer
period_lock_on: PeriodLockDate date
end_of_year_lock_on: EndOfYearLockDate date
created_at: CreatedDateUTC timestamp
""",
    "APIKey PaysTax Version OrganisationType IsDemoCompany OrganisationStatus RegistrationNumber TaxNumber "
    "EmployerIdentificationNumber SalesTaxBasis SalesTaxPeriod DefaultSalesTax DefaultPurchasesTax ShortCode Class "
    "Edition OrganisationEntityType LineOfBusiness Addresses Phones ExternalLinks PaymentTerms",
)
CURRENCIES = Record(
    "Currencies",
    "currencies",
    "code",
    "code: Code text!\ndescription: Description text",
    needed=False,
)
ACCOUNTS = Record(
    "Accounts",
    "accounts",
    "account_id",
    """
account_id: AccountID text!
code: Code text
name: Name text!
type: Type text!
class: Class text
status: Status text
currency_code: CurrencyCode text
tax_type: TaxType text
system_account: SystemAccount text
updated_at: UpdatedDateUTC timestamp
""",
    "BankAccountNumber BankAccountType Description EnablePaymentsToAccount ShowInExpenseClaims ReportingCode "
    "ReportingCodeName AddToWatchlist",
)
TAX_RATES = Record(
    "TaxRates",
    "tax_rates",
    "tax_type",
    """
tax_type: TaxType text!
name: Name text!
status: Status text
effective_rate: EffectiveRate number!
display_tax_rate: DisplayTaxRate number
report_tax_type: ReportTaxType text
""",
    "TaxComponents CanApplyToAssets CanApplyToEquity CanApplyToExpenses CanApplyToLiabilities CanApplyToRevenue",
    needed=False,
)
ITEMS = Record(
    "Items",
    "items",
    "item_id",
    """
item_id: ItemID text!
code: Code text!
name: Name text
description: Description text
is_sold: IsSold boolean
is_purchased: IsPurchased boolean
sales_unit_price: SalesDetails.UnitPrice number
sales_account_code: SalesDetails.AccountCode text
sales_tax_type: SalesDetails.TaxType text
purchase_unit_price: PurchaseDetails.UnitPrice number
updated_at: UpdatedDateUTC timestamp
""",
    "PurchaseDescription InventoryAssetAccountCode IsTrackedAsInventory TotalCostPool QuantityOnHand",
    parameters=(("unitdp", "4"),),
    needed=False,
)
TRACKING_CATEGORIES = Record(
    "TrackingCategories",
    "tracking_categories",
    "tracking_category_id",
    "tracking_category_id: TrackingCategoryID text!\nname: Name text!\nstatus: Status text",
    "TrackingOptionID Option",
    (
        Record(
            "Options",
            "tracking_options",
            "tracking_option_id",
            "tracking_option_id: TrackingOptionID text!\nname: Name text!\nstatus: Status text",
            "TrackingCategoryID IsDeleted IsArchived IsActive",
        ),
    ),
    parameters=(("includeArchived", "true"),),
    needed=False,
)
CONTACTS = Record(
    "Contacts",
    "contacts",
    "contact_id",
    """
contact_id: ContactID text!
name: Name text!
contact_status: ContactStatus text
account_number: AccountNumber text
contact_number: ContactNumber text
company_number: CompanyNumber text
tax_number: TaxNumber text
email_address: EmailAddress text
website: Website text
default_currency: DefaultCurrency text
is_customer: IsCustomer boolean
is_supplier: IsSupplier boolean
merged_to_contact_id: MergedToContactID text
updated_at: UpdatedDateUTC timestamp!
""",
    "FirstName LastName ContactPersons BankAccountDetails TaxNumberType AccountsReceivableTaxType "
    "AccountsPayableTaxType SalesDefaultLineAmountType PurchasesDefaultLineAmountType XeroNetworkKey "
    "SalesDefaultAccountCode TaxNumbeType PurchasesDefaultAccountCode SalesTrackingCategories "
    "PurchasesTrackingCategories TrackingCategoryName "
    "TrackingCategoryOption PaymentTerms ContactGroups BrandingTheme BatchPayments Discount Balances",
    (
        Record(
            "Addresses",
            "contact_addresses",
            "address_type",
            """
address_type: AddressType text!
address_line: AddressLine1 text
city: City text
region: Region text
postal_code: PostalCode text
country: Country text
""",
            "AddressLine2 AddressLine3 AddressLine4 AttentionTo",
        ),
        Record(
            "Phones",
            "contact_phones",
            "phone_type",
            "phone_type: PhoneType text!\nphone_number: PhoneNumber text\nphone_area_code: PhoneAreaCode text\n"
            "phone_country_code: PhoneCountryCode text",
        ),
    ),
    (("includeArchived", "true"),),
    paged=True,
    incremental=True,
)
