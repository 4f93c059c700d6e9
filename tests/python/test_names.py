"""How like two names are, word by word."""

from __future__ import annotations

import pytest

from pipelines.identity.names import (
    INITIALS,
    NOTHING,
    SAME,
    SAME_LETTERS,
    SLIPS,
    WORDS_MORE,
    WORDS_SHARED,
    name_level,
)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("ACME FREIGHT", "FREIGHT ACME", SAME),
        ("LANTERN HEALTH CARE", "LANTERN HEALTHCARE", SAME_LETTERS),
        ("BRAMWELL JOINERY", "BRAMWEL JOINERY", SLIPS),
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
    ],
)
def test_what_two_names_come_to(one: str, other: str, level: int) -> None:
    assert name_level(one, other) == level
    assert name_level(other, one) == level


def test_the_best_of_all_names_counts_unless_the_legal_ones_say_two_companies() -> None:
    assert name_level("BELLA NAPOLI|ROSSETTI", "ROSSETTI") == SAME
    assert name_level("BURGERS|HARDING CATERING", "BURGERS|MOLE CATERING") == WORDS_MORE
    assert name_level(None, "ACME") == name_level("", "ACME") == NOTHING
