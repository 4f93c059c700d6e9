"""A record's names as SQL hands them over, read into words."""

from __future__ import annotations

import sys
from typing import NamedTuple

COMMON, FORM, IMPLIED = "*", "?", "!"
"""Stand after a word that many records have, so that it is no slip of another such word, after one
that is no word of the name but may be a legal form, mistyped or cut, and after one that the word
before it says already."""


_SIGNS = str.maketrans("", "", COMMON + FORM + IMPLIED)


class Name(NamedTuple):
    """A name as it is compared."""

    words: tuple[str, ...]
    """As they are read, each once: a sponsor that is also the site, a company that owns itself,
    says nothing more."""
    spelling: dict[str, str]
    """How those are spelled that are read as another."""
    letters: str
    written: str
    """The letters as they are spelled."""
    forms: frozenset[str]
    """Words that may be a legal form, mistyped or cut, and those that need not be said."""
    common: frozenset[str]
    """Words that many have, spelled as they are read."""


_AS_READ: dict[str, str] = {}
_NONE: frozenset[str] = frozenset()


def read_names(names: str) -> tuple[Name, ...]:
    """All names of a record, the legal one last (`levels.name_level` says how they are written)."""
    return tuple(_read(name) for name in names.split("|"))


def _read(name: str) -> Name:
    signed = name.split()
    read = [sys.intern(word.translate(_SIGNS)).split("~") for word in signed]
    words = tuple(dict.fromkeys(sys.intern(word[0]) for word in read))
    spelling = {word[0]: word[1] for word in read if len(word) > 1}
    letters = "".join(words)
    pairs = list(zip(signed, read, strict=True))
    return Name(
        words,
        spelling or _AS_READ,
        letters,
        "".join(spelling.get(word, word) for word in words) if spelling else letters,
        frozenset(word[0] for sign, word in pairs if sign.endswith((FORM, IMPLIED))) or _NONE,
        frozenset(word[0] for sign, word in pairs if len(word) == 1 and COMMON in sign) or _NONE,
    )
