"""The exact rules: what shares a value is one, as far as the chain reaches and nothing speaks
against it."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tieout.identity.rules import Rule, rule_clusters

MODELS = Path(__file__).parents[2] / "models" / "intermediate" / "identity"

Value = tuple[str, str, str]
"""A record, a rule and a value of its evidence."""
Constraint = tuple[str, str, str, str]
"""A record, and the kind, scope and value of its constraint."""


def rules_of(noun: str) -> list[Rule]:
    """The rules that the model of a noun applies."""
    (path,) = MODELS.rglob(f"int_{noun}_clusters.py")
    spec = importlib.util.spec_from_file_location(noun, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.RULES)


CUSTOMERS = rules_of("customer")
PEOPLE = rules_of("person")
PRODUCTS = rules_of("product")


def rows_of(
    records: str,
    evidence: list[Value],
    constraints: list[Constraint],
    rules: list[Rule],
    loose: list[Value] | None = None,
) -> dict[str, dict[str, Any]]:
    """Each record's row, once the rules were applied."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("create table records (record_id varchar, other varchar)")
        connection.execute(
            "create table evidence (record_id varchar, match_rule varchar, evidence_value varchar, is_loose boolean)"
        )
        connection.execute(
            "create table constraints (record_id varchar, constraint_kind varchar, constraint_scope varchar,"
            " constraint_value varchar)"
        )
        connection.executemany(
            "insert into records values (?, null)", [[record] for record in records.split()]
        )
        columns = ("record_id", "match_rule", "evidence_value", "is_loose")
        values = [*((*own, False) for own in evidence), *((*own, True) for own in loose or [])]
        _filled(connection, "evidence", columns, values)
        _filled(
            connection,
            "constraints",
            ("record_id", "constraint_kind", "constraint_scope", "constraint_value"),
            constraints,
        )
        table = rule_clusters(
            connection.table("records"),
            connection.table("evidence"),
            connection.table("constraints"),
            rules,
        )
    return {row["record_id"]: row for row in table.to_pylist()}


def _filled(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[str, ...],
    rows: list[tuple[Any, ...]],
) -> None:
    if rows:
        arrived = pa.table(dict(zip(columns, zip(*rows, strict=True), strict=True)))
        connection.register("arrived", arrived)
        connection.execute(f"insert into {table} select * from arrived")
        connection.unregister("arrived")


def together(rows: dict[str, dict[str, Any]]) -> set[str]:
    """Those that are one, as one text each."""
    members: dict[str, list[str]] = {}
    for record, row in sorted(rows.items()):
        members.setdefault(row["cluster_id"], []).append(record)
    assert all(cluster == records[0] for cluster, records in members.items()), (
        "a cluster is called by its first record"
    )
    return {"".join(records) for records in members.values()}


def sharing(rule: str, **values: str) -> list[Value]:
    """A value by the records that share it: `sharing("email", one="ab")`."""
    return [(record, rule, value) for value, records in values.items() for record in records]


def customers(records: str, evidence: list[Value], *constraints: Constraint) -> set[str]:
    return together(rows_of(" ".join(records), evidence, list(constraints), CUSTOMERS))


def test_the_rules_are_those_of_the_seed_in_its_order() -> None:
    with (MODELS.parents[2] / "seeds" / "standard" / "standard_match_rules.csv").open(
        encoding="utf-8"
    ) as file:
        lines = [line.split(",")[:3] for line in file]
    for noun, rules in (("customer", CUSTOMERS), ("product", PRODUCTS), ("person", PEOPLE)):
        ranked = sorted((int(rank), rule) for entity, rule, rank in lines if entity == noun)
        assert [rule for _, rule in ranked][: len(rules)] == [rule.name for rule in rules]


def test_every_constraint_that_a_rule_respects_is_made_by_the_model_of_constraints() -> None:
    for noun, rules in (("customer", CUSTOMERS), ("person", PEOPLE), ("product", PRODUCTS)):
        (path,) = MODELS.rglob(f"int_{noun}_constraints.sql")
        made = path.read_text(encoding="utf-8")
        assert [kind for rule in rules for kind in rule.respects if f"'{kind}'" not in made] == []


def test_a_decision_joins_whatever_speaks_against_it_but_another_decision() -> None:
    constraints = [
        ("a", "tax_number_in_system", "tax crm", "1"),
        ("b", "tax_number_in_system", "tax crm", "2"),
    ]
    assert customers("abc", sharing("decision", x="ab"), *constraints) == {"ab", "c"}
    apart = [("a", "decided_different", "a = c", "a"), ("c", "decided_different", "a = c", "c")]
    assert customers("abc", sharing("decision", x="ab", y="bc"), *apart) == {"a", "b", "c"}


def test_the_first_rule_stands_and_a_later_one_reaches_everybody_in_the_cluster() -> None:
    rows = rows_of(
        "a b c", sharing("cross_reference", x="ab") + sharing("tax_number", y="bc"), [], CUSTOMERS
    )
    assert together(rows) == {"abc"}
    assert {record: row["match_rule"] for record, row in rows.items()} == {
        "a": "cross_reference",
        "b": "cross_reference",
        "c": "tax_number",
    }
    assert rows["a"]["joins"] == [
        {"match_rule": "cross_reference", "cluster_id": "a"},
        {"match_rule": "tax_number", "cluster_id": "a"},
    ]
    assert rows["c"]["joins"] == [{"match_rule": "tax_number", "cluster_id": "a"}]


def test_a_vat_group_is_not_one_customer() -> None:
    constraints = [
        ("a", "registration_in_system", "crm", "11"),
        ("b", "registration_in_system", "crm", "22"),
    ]
    rows = rows_of("a b", sharing("tax_number", x="ab"), constraints, CUSTOMERS)
    assert together(rows) == {"a", "b"}
    assert [row["match_rule"] for row in rows.values()] == [None, None]


def test_two_tax_numbers_of_one_system_are_not_joined_by_a_register_number_and_of_two_systems_are() -> (
    None
):
    constraints = [
        ("a", "tax_number_in_system", "tax_number crm", "11"),
        ("b", "tax_number_in_system", "tax_number crm", "22"),
        ("c", "tax_number_in_system", "tax_number crm", "33"),
        ("d", "tax_number_in_system", "tax_number books", "44"),
    ]
    assert customers("abcd", sharing("registration_number", x="ab", y="cd"), *constraints) == {
        "a",
        "b",
        "cd",
    }


def test_a_domain_with_two_names_joins_those_of_one_name_only() -> None:
    constraints = [
        ("a", "name", "name", "GROUP HOLDING"),
        ("b", "name", "name", "GROUP SERVICES"),
        ("d", "name", "name", "ONE"),
        ("e", "name", "name", "ONE"),
        ("f", "name", "name", "GROUP SERVICES"),
    ]
    # c has no name: it is of one side with nobody here.
    assert customers("abcdef", sharing("web_domain", group="abcf", one="de"), *constraints) == {
        "a",
        "bf",
        "c",
        "de",
    }


def test_names_join_in_chains_to_their_end_and_what_is_loose_takes_no_part() -> None:
    evidence = sharing("name_and_country", x="eb", y="bd", z="da")
    rows = rows_of("a b c d e", evidence, [], CUSTOMERS, loose=[("c", "name_and_country", "z")])
    assert together(rows) == {"abde", "c"}


def test_a_chain_of_thousands_is_followed_to_its_end() -> None:
    records = [f"r{number:04}" for number in range(5_000)]
    evidence = [
        (records[place + step], "email", f"v{place}") for place in range(4_999) for step in (0, 1)
    ]
    random.Random(3).shuffle(evidence)  # noqa: S311 - a sample, not a secret
    rows = rows_of(" ".join(records), evidence, [], PEOPLE)
    assert {row["cluster_id"] for row in rows.values()} == {"r0000"}


def test_what_a_person_calls_different_is_not_joined_even_through_a_third() -> None:
    constraints = [
        ("a", "decided_different", "a = c", "a"),
        ("c", "decided_different", "a = c", "c"),
    ]
    rows = rows_of("a b c", sharing("name_and_country", x="abc"), constraints, CUSTOMERS)
    assert together(rows) == {"a", "b", "c"}
    assert all(row["joins"] == [] for row in rows.values())


def test_every_nv_is_joined_whatever_else_is_an_sa() -> None:
    forms = [
        (record, "legal_form", "legal form", form)
        for record, form in zip("abcd", ("NV", "NV", "SA", "SA"), strict=True)
    ]
    # e says nothing of it, and f is both already, by a stronger rule.
    evidence = sharing("name_and_country", x="abcdef") + sharing("tax_number", t="fg")
    both = [("f", "legal_form", "legal form", "NV"), ("g", "legal_form", "legal form", "BV")]
    assert customers("abcdefg", evidence, *forms, *both) == {"ab", "cd", "e", "fg"}


def test_a_cluster_that_held_two_values_before_may_hold_both_of_them_still() -> None:
    constraints = [
        ("a", "tax_number_in_system", "crm", "1"),
        ("b", "tax_number_in_system", "crm", "2"),
        ("c", "tax_number_in_system", "crm", "2"),
    ]
    evidence = sharing("decision", x="ab") + sharing("tax_number", y="bc")
    assert customers("abc", evidence, *constraints) == {"abc"}


def test_a_full_name_joins_people_unless_numbers_or_mailboxes_speak_against_it() -> None:
    constraints = [
        ("c", "payroll_number", "L", "7"),
        ("d", "payroll_number", "L", "8"),
        ("e", "mailbox", "house.example", "jo.may"),
        ("f", "mailbox", "house.example", "jo.may2"),
    ]
    rows = rows_of("a b c d e f", sharing("full_name", x="ab", y="cd", z="ef"), constraints, PEOPLE)
    assert together(rows) == {"ab", "c", "d", "e", "f"}


def test_one_code_or_name_is_one_product_unless_one_system_has_two_codes_for_it() -> None:
    constraints = [
        ("c", "code_in_system", "crm", "X"),
        ("d", "code_in_system", "books", "Y"),
        ("e", "code_in_system", "crm", "X1"),
        ("f", "code_in_system", "crm", "X2"),
        ("g", "code_in_system", "crm", "X3"),
        ("h", "code_in_system", "crm", "X4"),
    ]
    evidence = (
        sharing("product_code", code="ab")
        + sharing("name_and_category", x="cd", y="ef")
        + sharing("decision", z="gh")
    )
    assert together(rows_of("a b c d e f g h", evidence, constraints, PRODUCTS)) == {
        "ab",
        "cd",
        "e",
        "f",
        "gh",
    }


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_same_in_whatever_order_and_never_holds_what_no_part_held(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a sample, not a secret
    records = [f"r{number}" for number in range(30)]
    evidence = [
        (drawn.choice(records), drawn.choice(CUSTOMERS).name, f"v{drawn.randrange(25)}")
        for _ in range(60)
    ]
    constraints = [
        (
            record,
            drawn.choice(["legal_form", "site", "role", "parent"]),
            f"s{drawn.randrange(2)}",
            f"{drawn.randrange(3)}",
        )
        for record in records
        if drawn.random() < 0.5
    ]
    rows = rows_of(" ".join(records), evidence, constraints, CUSTOMERS)
    shuffled = [drawn.sample(held, len(held)) for held in (records, evidence, constraints)]
    again = rows_of(" ".join(shuffled[0]), shuffled[1], shuffled[2], CUSTOMERS)
    assert again == rows
    # Who was joined by tax number and before holds no two roles.
    for record, row in rows.items():
        strong = [join["cluster_id"] for join in row["joins"] if join["match_rule"] == "tax_number"]
        others = [
            other
            for other, its in rows.items()
            if {"match_rule": "tax_number", "cluster_id": strong[0] if strong else None}
            in its["joins"]
        ]
        single = [
            o
            for o in others
            if not any(
                j["match_rule"] in ("decision", "merged", "cross_reference")
                for j in rows[o]["joins"]
            )
        ]
        for scope in ("s0", "s1"):
            said = {
                value
                for own, kind, held, value in constraints
                if own in single and kind == "role" and held == scope
            }
            assert len(said) <= 1, (record, said)
