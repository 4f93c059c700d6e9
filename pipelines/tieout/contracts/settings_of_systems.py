"""What a ledger says of itself, held against the seeds: its base currency, and the roles of its
accounts."""

from __future__ import annotations

import duckdb

from tieout.company.home import home, rows_of
from tieout.contracts.rules import Whole

_ROLES_NEEDED = ("receivable", "revenue")
# Xero's system accounts and types of account that can play one part only;
# models/staging/xero/stg_xero__accounts.sql.
_XERO_ROLE = """
    case
        when system_account = 'DEBTORS' then 'receivable'
        when system_account = 'GST' then 'tax'
        when system_account in ('REALISEDCURRENCYGAIN', 'UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN')
            then 'exchange_difference'
        when type = 'BANK' then 'cash'
        when type in ('REVENUE', 'SALES') then 'revenue'
        when type = 'DIRECTCOSTS' then 'cost_of_sales'
        when type = 'INVENTORY' then 'inventory'
    end"""


def base_currency(column: str) -> Whole:
    """The books are in the currency that `source_systems` gives them: else every amount would be
    another currency's."""

    def fault(
        connection: duckdb.DuckDBPyConnection, records: str, source_system: str
    ) -> str | None:
        listed = {
            row["source_system"]: row["base_currency"]
            for row in rows_of(home().seed("source_systems"))
        }
        expected = listed.get(source_system)
        if expected is None:
            return None
        found = connection.execute(
            f"select {column} from ({records}) where {column} <> ?", [expected]
        ).fetchone()
        if found is None:
            return None
        return (
            f"its books are in {found[0]}, and seeds/source_systems.csv says {expected}: write {found[0]} as "
            f"base_currency of {source_system} there, or connect the organisation that is meant"
        )

    return Whole("its base currency is that of source_systems", fault, "critical")


def roles_of_xero() -> list[Whole]:
    """Which roles the chart leaves to its types, and whether the books can be read at all."""
    return _roles(
        "coalesce(nullif(trim(code), ''), account_id)", "cast(null as varchar)", _XERO_ROLE
    )


def roles_of_entity() -> list[Whole]:
    """The same for accounts in the shape of the input layer."""
    return _roles(
        "account_code", "account_role", "case when account_type = 'revenue' then 'revenue' end"
    )


def _roles(code: str, own: str, derived: str) -> list[Whole]:
    def roles(
        connection: duckdb.DuckDBPyConnection, records: str, source_system: str
    ) -> list[tuple[str, str, bool]]:
        listed = {
            row["account_code"]: row["account_role"]
            for row in rows_of(home().seed("account_roles"))
            if row["source_system"] == source_system
        }
        found = connection.execute(
            f"select {code}, {own}, {derived} from ({records}) order by 1"
        ).fetchall()
        return [
            (
                account,
                role or listed.get(account) or by_type or "other",
                not role and account not in listed and by_type,
            )
            for account, role, by_type in found
        ]

    def by_type(
        connection: duckdb.DuckDBPyConnection, records: str, source_system: str
    ) -> str | None:
        found = roles(connection, records, source_system)
        taken = [f"{account} {role}" for account, role, is_taken in found if is_taken]
        return (
            f"taken from their types: {', '.join(taken)}; say otherwise in seeds/account_roles.csv where one is not"
            if taken
            else None
        )

    def lacking(
        connection: duckdb.DuckDBPyConnection, records: str, source_system: str
    ) -> str | None:
        found = {role for _, role, _ in roles(connection, records, source_system)}
        lacks = [role for role in _ROLES_NEEDED if role not in found] if found else []
        return (
            f"no account of role {' and none of role '.join(lacks)}: nothing can be compared with the ledger's "
            "accounts. Name them in account_role, or in seeds/account_roles.csv"
            if lacks
            else None
        )

    return [
        Whole("every account's role is said", by_type),
        Whole("there are accounts of role receivable and revenue", lacking),
    ]
