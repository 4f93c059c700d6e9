"""Whether one word of a name answers another: mistyped, cut short, an initial."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA, Prefix


@lru_cache(maxsize=100_000)
def answers(word: str, other: str, is_common: bool, is_other_common: bool) -> bool:  # noqa: PLR0911
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
    it has not. Of more than half of its letters, or of how it begins (`IMP` of `IMPIANTI`), the
    last need not be one."""
    if not (3 <= len(short) <= len(whole) - 3 and short[0] == whole[0]):
        return False
    if whole.startswith(short):
        return True
    if short[-1] != whole[-1] and (len(short) < 5 or 2 * len(short) < len(whole)):
        return False
    rest = iter(whole)
    return all(letter in rest for letter in short)


def is_typed_wrong(word: str, answer: str) -> bool:
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


def are_numerals(left: list[str], right: list[str]) -> bool:
    """All that differs are letters or Roman numerals: block A and block B, fund II and fund III,
    fund and fund V."""
    if left and right:
        return all(len(word) == 1 or not word.strip("IVX") for word in (*left, *right))
    return not "".join((*left, *right)).strip("IVX")


def are_of_a_series(left: list[str], right: list[str]) -> bool:
    """All that differs are letters, numerals and numbers: house 12 and house 14, fund II and fund
    III."""
    both = (*left, *right)
    return bool(left and right) and all(
        len(word) == 1 or not word.strip("IVX") or not word.isalpha() for word in both
    )


def are_judged(left: list[str], right: list[str]) -> bool:
    """Only one word differs from one, and both are long enough to have been compared as words."""
    return len(left) == len(right) == 1 and min(len(left[0]), len(right[0])) >= 4
