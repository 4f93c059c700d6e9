"""How like two names are, word by word: the one comparison that SQL is too slow for."""

from __future__ import annotations

import sys
import threading
from functools import lru_cache
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import FunctionNullHandling, PythonUDFType
from rapidfuzz.distance import OSA, Prefix

SAME, SAME_LETTERS, SLIPS, WORDS_MORE, MOSTLY_SHARED, INITIALS, WORDS_SHARED, NOTHING = (
    7,
    6,
    5,
    4,
    3,
    2,
    1,
    0,
)
SLIP_EVERY = 12
"""A whole name may have one slip in so many letters."""
COMMON, FORM, IMPLIED = "*", "?", "!"
"""Stand after a word that many records have, so that it is no slip of another such word, after one
that is no word of the name but may be a legal form, mistyped or cut, and after one that the word
before it says already."""


def name_level(these: str | None, those: str | None) -> int:
    """The best that any name of one record and any of the other come to.

    Args:
        these: a record's names, the legal one last, parted by `|`, with nothing behind the last `|` where there are
            others and no legal one; words parted by blanks, a common one followed by `*`, what may be a legal form by
            `?`, what need not be said by `!`, one that is read as another with its own spelling behind a `~`.
        those: the other's.

    Returns:
        7 the same words, 6 the same letters, 5 but for slips and initials, 4 one has words more, 3 both have words of
        their own and most of the shorter one is shared, 2 one is the other's initials, 1 both have words of their own
        beside shared ones, 0 nothing is shared.
    """
    if not these or not those:
        return NOTHING
    return _best(_read_all(these), _read_all(those))


def _best(ours: tuple[_Name, ...], theirs: tuple[_Name, ...]) -> int:
    if len(ours) == len(theirs) == 1:
        return _level(ours[0], theirs[0])
    if not (ours[-1].words and theirs[-1].words):
        # What a company trades under or was called is as good a name as any, where no legal one is
        # known.
        return max(
            _level(one, other) for one in ours for other in theirs if one.words and other.words
        )
    if len(ours) == 1 or len(theirs) == 1:
        # One of them is known by one name alone: whichever of the other's it is.
        return max(_level(one, other) for one in ours for other in theirs)
    legal = _level(ours[-1], theirs[-1])
    best = max(
        legal,
        *(
            _level(one, other)
            for one in ours
            for other in theirs
            if one is not ours[-1] or other is not theirs[-1]
        ),
    )
    # What both are registered as says more than what is over the door: the last name is the legal
    # one, if any.
    return min(best, WORDS_MORE) if legal <= WORDS_SHARED else best


def _level(mine: _Name, yours: _Name) -> int:  # noqa: PLR0911 - one return a level
    ours, theirs = mine.words, yours.words
    left = [word for word in ours if word not in theirs]
    right = [word for word in theirs if word not in ours]
    if not left and not right:
        return SAME
    letters, others = mine.letters, yours.letters
    if letters == others or mine.written == yours.written:
        return SAME_LETTERS
    if len(left) == len(right) == 1 and _is_slip_of_long_word(mine, yours, left[0], right[0]):
        return SAME_LETTERS
    is_shared = len(left) < len(ours)
    if is_shared and mine.forms.issuperset(left) and yours.forms.issuperset(right):
        return SAME_LETTERS
    answered, answering = _answered(left, right, mine, yours)
    if is_shared and left and right:
        by_initials: set[str] = set()
        _answer_by_initials(left, right, theirs, by_initials)
        _answer_by_initials(right, left, ours, by_initials)
        if by_initials.issuperset(
            word for word in (*left, *right) if word not in mine.forms and word not in yours.forms
        ):
            return SAME_LETTERS
        answered |= by_initials.intersection(left)
        answering |= by_initials.intersection(right)
    left_over, right_over = bool(left), bool(right)
    if answered or mine.forms or yours.forms:
        left_over = any(
            word not in answered and word not in mine.forms and word not in yours.forms
            for word in left
        )
        right_over = any(
            word not in answering and word not in mine.forms and word not in yours.forms
            for word in right
        )
    if (
        not (left_over or right_over)
        or (
            (_is_slip_of_all(letters, others) or _is_slip_of_all(mine.written, yours.written))
            and not (_are_numerals(left, right) or _are_judged(left, right))
        )
        or (ours[0] == theirs[0] and (_is_cut(ours, theirs) or _is_cut(theirs, ours)))
    ):
        return SLIPS
    if is_shared and not (left_over and right_over):
        return WORDS_MORE
    if _are_initials(ours, others) or _are_initials(theirs, letters):
        return INITIALS
    if (is_shared or answered) and not _are_of_a_series(left, right):
        common = min(len(ours) - len(left) + len(answered), len(ours), len(theirs))
        return (
            MOSTLY_SHARED
            if common >= 2 or 2 * common > min(len(ours), len(theirs))
            else WORDS_SHARED
        )
    return WORDS_SHARED if is_shared else NOTHING


def _answered(
    left: list[str], right: list[str], mine: _Name, yours: _Name
) -> tuple[set[str], set[str]]:
    """The words of either side that a word of the other answers, read or spelled."""
    answered: set[str] = set()
    answering: set[str] = set()
    for word in left:
        first, last, is_common = word[0], word[-1], word in mine.common
        for answer in right:
            # One slip in the first letter leaves the last as it is.
            if (
                (answer[0] == first or answer[-1] == last)
                and _answers(word, answer, is_common, answer in yours.common)
            ) or (
                (mine.spelling or yours.spelling)
                and (
                    (
                        word in mine.spelling
                        and _answers(mine.spelling[word], answer, False, answer in yours.common)
                    )
                    or (
                        answer in yours.spelling
                        and _answers(word, yours.spelling[answer], is_common, False)
                    )
                )
            ):
                answered.add(word)
                answering.add(answer)
    return answered, answering


def _answer_by_initials(
    left: list[str],
    right: list[str],
    theirs: tuple[str, ...],
    answered: set[str],
) -> None:
    """`HS` is the High School of the other name: words that stand there beside each other begin
    with its letters."""
    for word in left:
        length = len(word)
        if not (2 <= length <= 5 and word.isalpha()):
            continue
        for first in range(len(theirs) - length + 1):
            run = theirs[first : first + length]
            if all(
                said[0] == letter and said in right for said, letter in zip(run, word, strict=True)
            ):
                answered.add(word)
                answered.update(run)
                break


def _is_slip_of_long_word(mine: _Name, yours: _Name, word: str, answer: str) -> bool:
    """Two long words of one name are the same, and the third, long too, has a slip: no two
    companies are so alike."""
    if (
        len(mine.words) != len(yours.words)
        or min(len(word), len(answer)) < 5
        or word[0] != answer[0]
    ):
        return False
    if not (word.isalpha() and answer.isalpha()) or (
        word in mine.common and answer in yours.common
    ):
        return False
    if _is_typed_wrong(word, answer) and any(len(kept) >= 4 for kept in mine.words if kept != word):
        return True
    if min(len(word), len(answer)) < 7:
        return False
    if sum(len(kept) >= 4 for kept in mine.words if kept != word) < 2:
        return False
    return OSA.distance(word, answer, score_cutoff=2) <= 2


def _is_typed_wrong(word: str, answer: str) -> bool:
    """Two letters that changed places, or one that was typed twice or once: how nobody spells another
    name."""
    if len(word) == len(answer):
        return sorted(word) == sorted(answer) and OSA.distance(word, answer, score_cutoff=1) <= 1
    if abs(len(word) - len(answer)) != 1:
        return False
    whole, short = (word, answer) if len(word) > len(answer) else (answer, word)
    return any(
        whole[place] == whole[place - 1] and whole[:place] + whole[place + 1 :] == short
        for place in range(1, len(whole))
    )


_SIGNS = str.maketrans("", "", COMMON + FORM + IMPLIED)


class _Name(NamedTuple):
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


def _read_all(names: str) -> tuple[_Name, ...]:
    return tuple(_read(name) for name in names.split("|"))


def _read(name: str) -> _Name:
    signed = name.split()
    read = [sys.intern(word.translate(_SIGNS)).split("~") for word in signed]
    words = tuple(dict.fromkeys(sys.intern(word[0]) for word in read))
    spelling = {word[0]: word[1] for word in read if len(word) > 1}
    letters = "".join(words)
    pairs = list(zip(signed, read, strict=True))
    return _Name(
        words,
        spelling or _AS_READ,
        letters,
        "".join(spelling.get(word, word) for word in words) if spelling else letters,
        frozenset(word[0] for sign, word in pairs if sign.endswith((FORM, IMPLIED))) or _NONE,
        frozenset(word[0] for sign, word in pairs if len(word) == 1 and COMMON in sign) or _NONE,
    )


@lru_cache(maxsize=100_000)
def _answers(word: str, other: str, is_common: bool, is_other_common: bool) -> bool:  # noqa: PLR0911
    """An initial of it, or mistyped or cut short. Numbers never are, and two words that many have
    are two words."""
    length, others = len(word), len(other)
    if word[0] != other[0]:
        return _is_slip_of_first(word, other) and not (is_common and is_other_common)
    if length == 1 or others == 1:
        return True
    shorter = min(length, others)
    if shorter < 3 or not (word.isalpha() and other.isalpha()):
        return False
    if (shorter >= 4 and (word.startswith(other) or other.startswith(word))) or (
        _is_abbreviation(word, other) and is_other_common
        if length < others
        else _is_abbreviation(other, word) and is_common
    ):
        return True
    if shorter < 4 or abs(length - others) > 3 or (is_common and is_other_common):
        return False
    if _are_of_one_stem(word, other):
        return True
    allowed = 2 if shorter >= 7 else 1
    return OSA.distance(word, other, score_cutoff=allowed) <= allowed


def _is_slip_of_first(word: str, other: str) -> bool:
    """One slip, in the first letter. Whoever mistypes twice begins the word rightly: Westfield is
    not Eastfield."""
    if min(len(word), len(other)) < 4 or abs(len(word) - len(other)) > 1:
        return False
    return (
        word[1:] in (other[1:], other)
        or word == other[1:]
        or (word[1::-1] == other[:2] and word[2:] == other[2:])
    ) and (word.isalpha() and other.isalpha())


_ENDINGS = frozenset(("", "S", "Y", "IES", "ER", "ERS", "ING", "INGS", "OR", "ORS"))


def _are_of_one_stem(word: str, other: str) -> bool:
    """`UPHOLSTERERS` and `UPHOLSTERY`: one trade, told by who does it or by what is done."""
    stem = Prefix.similarity(word, other)
    return stem >= 5 and word[stem:] in _ENDINGS and other[stem:] in _ENDINGS


def _is_abbreviation(short: str, whole: str) -> bool:
    """`LOGS` of `LOGISTICS`, `SVCS` of `SERVICES`: its first letter and its last, and nothing that
    it has not. Of more than half of its letters the last need not be one."""
    if not (3 <= len(short) <= len(whole) - 3 and short[0] == whole[0]):
        return False
    if short[-1] != whole[-1] and (len(short) < 5 or 2 * len(short) < len(whole)):
        return False
    rest = iter(whole)
    return all(letter in rest for letter in short)


def _is_slip_of_all(letters: str, others: str) -> bool:
    """The whole name mistyped, over a boundary of words."""
    if (
        letters[0] != others[0]
        or abs(len(letters) - len(others)) > 3
        or min(len(letters), len(others)) < 8
    ):
        return False
    allowed = max(1, min(len(letters), len(others)) // SLIP_EVERY)
    return (
        OSA.distance(letters, others, score_cutoff=allowed) <= allowed
        and letters.isalpha()
        and others.isalpha()
    )


def _are_numerals(left: list[str], right: list[str]) -> bool:
    """All that differs are letters or Roman numerals: block A and block B, fund II and fund III,
    fund and fund V."""
    if left and right:
        return all(len(word) == 1 or not word.strip("IVX") for word in (*left, *right))
    return not "".join((*left, *right)).strip("IVX")


def _are_of_a_series(left: list[str], right: list[str]) -> bool:
    """All that differs are letters, numerals and numbers: house 12 and house 14, fund II and fund
    III."""
    both = (*left, *right)
    return bool(left and right) and all(
        len(word) == 1 or not word.strip("IVX") or not word.isalpha() for word in both
    )


def _are_judged(left: list[str], right: list[str]) -> bool:
    """Only one word differs from one, and both are long enough to have been compared as words."""
    return len(left) == len(right) == 1 and min(len(left[0]), len(right[0])) >= 4


def _is_cut(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Cut off inside a word, as a field that was too short does."""
    last = len(words) - 1
    return (
        last >= 1
        and last < len(others)
        and words[:last] == others[:last]
        and others[last].startswith(words[last])
        and words[last].strip("IVX") != ""
        and others[last] != words[last]
        and len(words[last]) >= 2
        and sum(map(len, words)) >= 12
    )


def _are_initials(words: tuple[str, ...], others: str) -> bool:
    return (
        len(words) == len(others)
        and len(words) >= 3
        and all(word[0] == sign for word, sign in zip(words, others, strict=True))
    )


_LOCK = threading.Lock()
_IDS: dict[str, int] = {}
_KNOWN: list[tuple[_Name, ...]] = []
"""Names that records go by, read once for the whole process; a name's id is its place here."""


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `name_id` and `name_level` known to SQL, in this connection: of a record's names, and
    of two such ids.

    Numbers pass from DuckDB to Python at a tenth of what texts cost, and each record is read once.
    """
    if connection.execute(
        "select 1 from duckdb_functions() where function_name = 'name_level'"
    ).fetchall():
        return
    options: dict[str, Any] = {
        "type": PythonUDFType.ARROW,
        "null_handling": FunctionNullHandling.SPECIAL,
    }
    connection.create_function("name_id", _ids, ["VARCHAR"], "INTEGER", **options)
    connection.create_function("name_level", _levels, ["INTEGER", "INTEGER"], "INTEGER", **options)


def _ids(texts: Any) -> Any:
    return pa.array([_id(text) if text else None for text in texts.to_pylist()], pa.int32())


def _id(text: str) -> int:
    with _LOCK:
        if text not in _IDS:
            _KNOWN.append(_read_all(text))
            _IDS[text] = len(_KNOWN) - 1
        return _IDS[text]


_ASKED: dict[int, tuple[Any, Any, Any, int]] = {}
"""By thread, what was asked last: the pairs, their levels, and the level that is asked about
next."""


def _levels(these: Any, those: Any) -> Any:
    """The level of each pair. Splink asks once for each level, of the pairs that the levels above
    have left over."""
    # DuckDB's threads are not Python's: what belongs to one of them (threading.local) is gone with
    # each call.
    thread = threading.get_ident()
    if known := _ASKED.get(thread):
        lefts, rights, levels, asked = known
        rest = pc.less(levels, asked)
        if these.equals(lefts.filter(rest)) and those.equals(rights.filter(rest)):
            levels = levels.filter(rest)
            _ASKED[thread] = these, those, levels, asked - 1
            return levels
    pairs = zip(these.to_pylist(), those.to_pylist(), strict=True)
    levels = pa.array(
        [
            NOTHING if one is None or other is None else _best(_KNOWN[one], _KNOWN[other])
            for one, other in pairs
        ],
        pa.int32(),
    )
    _ASKED[thread] = these, those, levels, SAME
    return levels
