"""How like two names are, word by word."""

from __future__ import annotations

import random

import duckdb
import pytest

from tieout.identity.names.functions import register
from tieout.identity.names.levels import (
    INITIALS,
    MOSTLY_SHARED,
    NOTHING,
    SAME,
    SAME_LETTERS,
    SLIPS,
    WORDS_MORE,
    WORDS_SHARED,
    name_level,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("ACME FREIGHT", "FREIGHT ACME", SAME),
        ("LANTERN HEALTH CARE", "LANTERN HEALTHCARE", SAME_LETTERS),
        ("BRAMWELL JOINERY", "BRAMWIL JOINERY", SLIPS),
        # Two letters that changed places, and one that was typed once or twice, are no other name.
        ("BRAMWELL JOINERY", "BRAMWEL JOINERY", SAME_LETTERS),
        ("BRAMWELL JOINERY", "BRAWMELL JOINERY", SAME_LETTERS),
        ("BRAMWELL* JOINERY", "BRAWMELL* JOINERY", WORDS_SHARED),
        # Three letters that a word begins with are that word, if many have it.
        ("IMP BERTOLUCCI", "IMPIANTI* BERTOLUCCI", SLIPS),
        ("IMPORT~IMP* BERTOLUCCI", "IMPIANTI* BERTOLUCCI", SLIPS),
        ("PET BERTOLUCCI", "PETROV BERTOLUCCI", WORDS_SHARED),
        # Initials of words that stand beside each other, and a word that need not be said.
        ("COTTON HILL HS", "COTTON HILL HIGH SCHOOL!", SAME_LETTERS),
        ("COTTON HILL SD", "COTTON HILL SCHOOL DISTRICT", SAME_LETTERS),
        ("COTTON HILL SD", "COTTON HILL DISTRICT SCHOOL", MOSTLY_SHARED),
        ("COTTON HILL HIGH", "COTTON HILL HIGH SCHOOL!", SAME_LETTERS),
        # Of a long word that many have, most letters.
        ("MEYER MACHFABR", "MEYER MACHINEFABRIEK*", SLIPS),
        ("J SMITHSON", "JOHN SMITHSON", SLIPS),
        # One trade, told by who does it or by what is done.
        ("BIRCH UPHOLSTERERS", "BIRCH UPHOLSTERY", SLIPS),
        ("DELTA SUPERMARKET", "DELTA SUPERMARINE", WORDS_SHARED),
        ("ACME FREIGHT", "ACME FREIGHT LEEDS", WORDS_MORE),
        ("NORTHERN INDUSTRIAL VALVES", "NIV", INITIALS),
        ("ACME FREIGHT", "ACME TRAVEL", WORDS_SHARED),
        ("ACME", "ZENITH", NOTHING),
        # Letters, numerals and numbers that differ are no slips, on both sides or on one.
        ("BLOCK A RESIDENTS", "BLOCK B RESIDENTS", WORDS_SHARED),
        ("RIDGE PARTNERS II", "RIDGE PARTNERS III", WORDS_SHARED),
        ("RIDGE PARTNERS FUND", "RIDGE PARTNERS FUND V", WORDS_MORE),
        ("ROUTE 17 MOTEL", "ROUTE 18 MOTEL", WORDS_SHARED),
        ("QUINTELA FILHOS", "QUINTELA E FILHOS", SLIPS),
        # Two words that many records have are two words, though they differ in a letter.
        ("SMITH MEATS*", "SMITH MEALS*", WORDS_SHARED),
        ("SMITH MEATS", "SMITH MEALS*", SLIPS),
        # The first letter may be a slip, but not where there is another.
        ("RAMWELL JOINERY", "BRAMWELL JOINERY", SLIPS),
        ("GRAMWELL JOINERY", "BRAMWELL JOINERY", SLIPS),
        ("RBAMWELL JOINERY", "BRAMWELL JOINERY", SLIPS),
        ("WESTFIELD CATERING", "EASTFIELD CATERING", WORDS_SHARED),
        # What may be a legal form, mistyped, inside the name or behind it, is no word of the name.
        ("BRAMWELL JOINERY LDT?", "BRAMWELL JOINERY", SAME_LETTERS),
        ("VELDHUIS GMBH? ROBERT", "ROBERT VELDHUIS", SAME_LETTERS),
        ("VELDHUIS GMBH? NORD", "VELDHUIS", WORDS_MORE),
        ("GMBH? ROBERT", "VELDHUIS", NOTHING),
        # A slip in a word that is spelled otherwise than it is read.
        ("KLM I P ESSETS", "KLM IP ASSET~ASSETS*", SLIPS),
    ],
)
def test_what_two_names_come_to(one: str, other: str, level: int) -> None:
    assert name_level(one, other) == level
    assert name_level(other, one) == level


def test_the_best_of_all_names_counts_unless_the_legal_ones_say_two_companies() -> None:
    assert name_level("BELLA NAPOLI|ROSSETTI", "ROSSETTI") == SAME
    assert name_level("BURGERS|HARDING CATERING", "BURGERS|MOLE CATERING") == WORDS_MORE
    # Where no legal name is known of one, any name that it goes by is as good.
    assert name_level("THORNBURY|QUAIL RUN|", "QUAIL RUN") == SAME
    assert name_level("THORNBURY|QUAIL RUN|", "MILL LANE|QUAIL RUN|HARDING") == SAME
    assert name_level("BURGERS|HARDING CATERING", "BURGERS") == SAME
    assert name_level(None, "ACME") == name_level("", "ACME") == NOTHING


def test_sql_says_of_each_pair_what_python_says_whatever_was_asked_before() -> None:
    """Splink asks level by level, of what is left: on more than one batch, and with several
    threads."""
    words = ["ACME", "ACNE", "BOLT*", "BOLD*", "FREIGHT", "LEEDS", "II", "III", "A"]
    drawn = random.Random(3)  # noqa: S311 - a sample, not a secret
    pairs = [
        tuple(
            " ".join(drawn.sample(words, drawn.randint(1, 3))) if drawn.random() > 0.02 else None
            for _ in range(2)
        )
        for _ in range(9_000)
    ]
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "set threads = 2; create table pairs (place integer, one varchar, other varchar)"
        )
        connection.executemany(
            "insert into pairs values (?, ?, ?)",
            [(place, *pair) for place, pair in enumerate(pairs)],
        )
        register(connection)
        connection.execute(
            "create table known as select place, name_id(one) as one, name_id(other) as other from pairs"
        )
        checks = " ".join(
            f"when name_level(one, other) = {level} then {level}" for level in range(7, 0, -1)
        )
        for _ in range(2):
            told = connection.execute(
                f"select place, case {checks} else 0 end from known order by place"
            ).fetchall()
            assert [level for _, level in told] == [name_level(one, other) for one, other in pairs]
