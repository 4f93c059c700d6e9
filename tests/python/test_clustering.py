"""Which links are taken: by the average, never by a chain, the same in whatever order."""

from __future__ import annotations

import random
from decimal import Decimal

import pyarrow as pa
import pytest

from tieout.identity.choices import chosen_links
from tieout.identity.clustering import CONTRADICTS, SEVERAL, TOO_LITTLE, Pair, clustered
from tieout.identity.ties import ties

pytestmark = pytest.mark.unit

MARGIN = 3.0
NOTHING: dict[str, dict[str, frozenset[str]]] = {}


def link(left: str, right: str, weight: float = 10.0) -> Pair:
    return Pair(left, right, weight, is_candidate=True, is_apart=False)


def apart(left: str, right: str) -> Pair:
    return Pair(left, right, -5.0, is_candidate=False, is_apart=True)


def of(**systems: str) -> dict[str, frozenset[str]]:
    return {part: frozenset({system}) for part, system in systems.items()}


def forms(**said: str) -> dict[str, dict[str, frozenset[str]]]:
    return {part: {"legal form": frozenset({form})} for part, form in said.items()}


def groups(label: dict[str, str]) -> set[frozenset[str]]:
    return {
        frozenset(part for part in label if label[part] == head) for head in set(label.values())
    }


def test_a_name_without_its_form_is_no_bridge_between_two_companies() -> None:
    """Brandhorst GmbH, Brandhorst GmbH & Co. KG, and a third system that says Brandhorst."""
    pairs = [link("gmbh", "plain"), link("kg", "plain")]
    label, reasons = clustered(
        pairs, {}, of(gmbh="crm", kg="ledger", plain="field"), forms(gmbh="GMBH", kg="KG"), MARGIN
    )
    assert groups(label) == {frozenset({"gmbh"}), frozenset({"kg"}), frozenset({"plain"})}
    assert reasons == {("gmbh", "plain"): SEVERAL, ("kg", "plain"): SEVERAL}


def test_a_chain_that_contradicts_itself_is_cut_at_its_weakest_link() -> None:
    pairs = [link("a", "b", 18), link("b", "c", 17), link("c", "d", 9)]
    label, reasons = clustered(pairs, {}, {}, forms(a="NV", d="SA"), MARGIN)
    assert groups(label) == {frozenset("abc"), frozenset("d")}
    assert reasons == {("c", "d"): CONTRADICTS}


def test_a_weak_link_does_not_join_two_customers_of_many_records() -> None:
    ours, theirs = [f"a{number}" for number in range(5)], [f"b{number}" for number in range(5)]
    pairs = [
        link(one, other) for side in (ours, theirs) for one in side for other in side if one < other
    ]
    label, reasons = clustered([*pairs, link("a0", "b0", 6)], {}, {}, NOTHING, MARGIN)
    assert groups(label) == {frozenset(ours), frozenset(theirs)}
    assert reasons == {("a0", "b0"): TOO_LITTLE}


def test_of_two_that_could_be_meant_the_one_that_is_clearly_ahead_is_taken_else_neither() -> None:
    """One system has both, and nothing says that they are one."""
    systems = of(a="crm", a1="ledger", a2="ledger")
    ahead, _ = clustered([link("a", "a1", 16), link("a", "a2", 12)], {}, systems, NOTHING, MARGIN)
    assert groups(ahead) == {frozenset({"a", "a1"}), frozenset({"a2"})}
    level, reasons = clustered(
        [link("a", "a1", 13), link("a", "a2", 12)], {}, systems, NOTHING, MARGIN
    )
    assert groups(level) == {frozenset({"a"}), frozenset({"a1"}), frozenset({"a2"})}
    assert set(reasons.values()) == {SEVERAL}


def test_links_near_certainty_are_compared_by_their_weight() -> None:
    """Both are 1.000000 in six places; the twin that agrees in everything is far ahead."""
    label, _ = clustered(
        [link("a", "twin", 48), link("a", "longer", 31), apart("longer", "twin")],
        {},
        {},
        NOTHING,
        MARGIN,
    )
    assert groups(label) == {frozenset({"a", "twin"}), frozenset({"longer"})}


def test_what_is_written_often_so_is_likelier_meant() -> None:
    pairs = [link("plain", "nv", 6), link("plain", "bv", 6)]
    label, _ = clustered(
        pairs, {"nv": 40, "bv": 2, "plain": 1}, {}, forms(nv="NV", bv="BV"), MARGIN
    )
    assert groups(label) == {frozenset({"plain", "nv"}), frozenset({"bv"})}


@pytest.mark.parametrize("seed", range(20))
def test_order_changes_nothing_and_what_is_apart_never_meets(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311
    parts = [f"p{number:02}" for number in range(12)]
    pairs = [
        Pair(one, other, drawn.uniform(-6, 25), is_candidate=kind < 0.6, is_apart=kind > 0.85)
        for one in parts
        for other in parts
        if one < other and drawn.random() < 0.5
        for kind in [drawn.random()]
    ]
    systems = {part: frozenset({drawn.choice(["crm", "ledger"])}) for part in parts}
    constraints = forms(
        **{part: drawn.choice(["GMBH", "KG"]) for part in parts if drawn.random() < 0.3}
    )
    label, reasons = clustered(pairs, {}, systems, constraints, MARGIN)
    for _ in range(3):
        drawn.shuffle(pairs)
        turned = [
            Pair(p.right, p.left, p.weight, p.is_candidate, p.is_apart)
            if drawn.random() < 0.5
            else p
            for p in pairs
        ]
        assert clustered(turned, {}, systems, constraints, MARGIN) == (label, reasons)
    for pair in pairs:
        if pair.is_apart and pair.left in label and pair.right in label:
            assert label[pair.left] != label[pair.right]
        elif pair.is_candidate and label[pair.left] != label[pair.right]:
            assert reasons[min(pair.left, pair.right), max(pair.left, pair.right)]
    for group in groups(label):
        assert (
            len(
                {
                    form
                    for part in group
                    for form in constraints.get(part, {}).get("legal form", frozenset())
                }
            )
            < 2
        )


def table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows)


def test_a_record_rests_on_the_weakest_link_of_its_strongest_way() -> None:
    """Two records that a tax number joined rest on the similarity by which the second is found by who
    speaks."""

    def told(pair: str, left: str, right: str, bits: int) -> dict[str, object]:
        probability = Decimal("0.99") if bits > 9 else Decimal("0.96")
        return {"pair_id": pair, "left_record_id": left, "right_record_id": right, "probability": probability,
                "match_weight": Decimal(bits)}  # fmt: skip

    tax_number = {"match_rule": "tax_number", "cluster_id": "far"}
    held = ties(
        table([told("weak", "speaks", "far", 5), told("first", "speaks", "mid", 12), told("second", "mid", "far", 8)]),
        table([{"record_id": record, "cluster_id": cluster, "joins": [tax_number] if cluster == "far" else []}
               for record, cluster in
               [("speaks", "speaks"), ("mid", "mid"), ("mate", "far"), ("far", "far"), ("alone", "alone")]]),
        table([{"record_id": record, "customer_key": "k", "position": place} for place, record in
               enumerate(["speaks", "mid", "far", "mate"], 1)]
              + [{"record_id": "alone", "customer_key": "l", "position": 1}]),
    ).to_pylist()  # fmt: skip
    assert {row["record_id"]: row["pair_id"] for row in held} == {
        "speaks": "first", "mid": "first", "far": "second", "mate": "second",
    }  # fmt: skip
    assert {row["match_rule"] for row in held} == {"probability"}


def test_the_rule_on_a_record_is_the_first_that_brought_it_to_the_record_that_speaks() -> None:
    """Its own first rule may have joined it to others, and the two of them came to the customer by
    a later one."""

    def join(rule: str, cluster: str) -> dict[str, str]:
        return {"match_rule": rule, "cluster_id": cluster}

    name = join("name_and_country", "a")
    clusters = [
        {"record_id": "a", "cluster_id": "a", "joins": [join("web_domain", "a"), name]},
        {"record_id": "b", "cluster_id": "a", "joins": [join("web_domain", "a"), name]},
        {"record_id": "c", "cluster_id": "a", "joins": [join("tax_number", "c"), name]},
        {"record_id": "d", "cluster_id": "a", "joins": [join("tax_number", "c"), name]},
    ]
    keys = [
        {"record_id": record, "customer_key": "k", "position": place}
        for place, record in enumerate("abcd", 1)
    ]
    links = pa.table(
        {
            name: []
            for name in (
                "pair_id",
                "left_record_id",
                "right_record_id",
                "probability",
                "match_weight",
            )
        }
    )
    held = ties(links, table(clusters), table(keys)).to_pylist()
    assert {row["record_id"]: (row["match_rule"], row["pair_id"]) for row in held} == {
        "a": ("web_domain", None),
        "b": ("web_domain", None),
        "c": ("name_and_country", None),
        "d": ("name_and_country", None),
    }


def candidate(
    left: str, right: str, held_back_by: str | None = None, **changes: object
) -> dict[str, object]:
    """A scored pair as int_customer_candidates has it; without an objection it would be taken by
    itself."""
    pair = {
        "pair_id": f"{left} = {right}",
        "left_record_id": left,
        "right_record_id": right,
        "left_cluster_id": left,
        "right_cluster_id": right,
        "probability": Decimal("0.99"),
        "weight": Decimal(10) if held_back_by is None else Decimal(0),
        "is_candidate": held_back_by is None,
        "is_apart": False,
        "is_unlike": False,
        "held_back_by": held_back_by,
        "status_if_not_taken": "review",
        "is_answered_by_a_system": False,
    }
    return pair | changes


def links_of(
    pairs: list[dict[str, object]],
    records: str,
    *constraints: tuple[str, str, str],
    seldom: tuple[str, ...] = (),
) -> dict[str, dict[str, object]]:
    """What becomes of the pairs, the records being clusters of their own."""
    answered = chosen_links(
        pa.Table.from_pylist(pairs),
        table([{"record_id": record, "cluster_id": record} for record in records.split()]),
        pa.table(
            {
                "record_id": pa.array([constraint[0] for constraint in constraints], pa.string()),
                "constraint_kind": pa.array(
                    [constraint[1] for constraint in constraints], pa.string()
                ),
                "constraint_scope": pa.array(
                    [constraint[1] for constraint in constraints], pa.string()
                ),
                "constraint_value": pa.array(
                    [constraint[2] for constraint in constraints], pa.string()
                ),
            }
        ),
        pa.table({"record_id": pa.array(seldom, pa.string())}),
        rivals_within=8.0,
    )
    return {str(row["pair_id"]): row for row in answered.to_pylist()}


def test_each_pair_says_what_became_of_it() -> None:
    links = links_of(
        [
            candidate("crm|1", "books|1"),
            candidate("crm|2", "books|2", CONTRADICTS_ITSELF, status_if_not_taken="rejected"),
            candidate("crm|3", "books|3"),
            candidate("crm|4", "books|3"),
            candidate("crm|5", "books|5", "not sure enough"),
        ],
        "crm|1 books|1 crm|2 books|2 crm|3 books|3 crm|4 crm|5 books|5",
    )
    assert [
        (link["link_status"], link["held_back_by"], link["is_open"]) for link in links.values()
    ] == [
        ("automatic", None, False),
        ("rejected", CONTRADICTS_ITSELF, False),
        ("review", SEVERAL, True),
        ("review", SEVERAL, True),
        ("review", "not sure enough", True),
    ]
    assert links["crm|1 = books|1"]["joined_cluster_id"] == "books|1"
    assert {link["joined_cluster_id"] for link in links.values()} == {"books|1", None}


CONTRADICTS_ITSELF = "their tax numbers differ"
ROLE = "one name says more: a role, a place or a number"


def test_what_a_system_has_beside_each_other_under_other_names_is_not_asked() -> None:
    """The books have the holding and, joined to the CRM's record, its company; nobody has both of
    the others."""
    links = links_of(
        [
            candidate("books|1", "crm|1"),
            candidate("books|2", "crm|1", ROLE, is_answered_by_a_system=True),
            candidate("books|3", "crm|3", ROLE, is_answered_by_a_system=True),
            # Beside each other, and alike: a duplicate.
            candidate("books|1", "books|2", "not sure enough"),
        ],
        "crm|1 books|1 books|2 crm|3 books|3",
    )
    assert {pair: link["is_open"] for pair, link in links.items()} == {
        "books|1 = books|2": True,
        "books|1 = crm|1": False,
        "books|2 = crm|1": False,
        "books|3 = crm|3": True,
    }


def test_a_form_that_is_written_seldom_keeps_nobody_apart() -> None:
    constraints = (("crm|1", "legal_form", "NV"), ("books|1", "legal_form", "BV"))
    apart = links_of([candidate("books|1", "crm|1")], "crm|1 books|1", *constraints)
    assert apart["books|1 = crm|1"]["held_back_by"] == CONTRADICTS
    joined = links_of(
        [candidate("books|1", "crm|1")], "crm|1 books|1", *constraints, seldom=("books|1",)
    )
    assert joined["books|1 = crm|1"]["link_status"] == "automatic"


def test_what_is_apart_keeps_a_chain_apart_whether_it_is_asked_about_or_not() -> None:
    links = links_of(
        [
            candidate("a|1", "b|1", weight=Decimal(14)),
            candidate("b|1", "c|1"),
            candidate(
                "a|1", "c|1", CONTRADICTS_ITSELF, is_apart=True, status_if_not_taken="rejected"
            ),
        ],
        "a|1 b|1 c|1",
    )
    assert [(link["link_status"], link["held_back_by"]) for link in links.values()] == [
        ("automatic", None),
        ("rejected", CONTRADICTS_ITSELF),
        ("review", SEVERAL),
    ]
