"""How like two names are, word by word: the one comparison that SQL is too slow for."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from tieout.identity.names.words import (
    answers,
    are_judged,
    are_numerals,
    are_of_a_series,
    is_typed_wrong,
)
from tieout.identity.names.written import Name, read_names

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
    return best_level(read_names(these), read_names(those))


def best_level(ours: tuple[Name, ...], theirs: tuple[Name, ...]) -> int:
    """As `name_level`, of names that are read."""
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


def _level(mine: Name, yours: Name) -> int:  # noqa: PLR0911 - one return a level
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
            and not (are_numerals(left, right) or are_judged(left, right))
        )
        or (ours[0] == theirs[0] and (_is_cut(ours, theirs) or _is_cut(theirs, ours)))
    ):
        return SLIPS
    if is_shared and not (left_over and right_over):
        return WORDS_MORE
    if _are_initials(ours, others) or _are_initials(theirs, letters):
        return INITIALS
    if (is_shared or answered) and not are_of_a_series(left, right):
        common = min(len(ours) - len(left) + len(answered), len(ours), len(theirs))
        return (
            MOSTLY_SHARED
            if common >= 2 or 2 * common > min(len(ours), len(theirs))
            else WORDS_SHARED
        )
    return WORDS_SHARED if is_shared else NOTHING


def _answered(
    left: list[str], right: list[str], mine: Name, yours: Name
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
                and answers(word, answer, is_common, answer in yours.common)
            ) or (
                (mine.spelling or yours.spelling)
                and (
                    (
                        word in mine.spelling
                        and answers(mine.spelling[word], answer, False, answer in yours.common)
                    )
                    or (
                        answer in yours.spelling
                        and answers(word, yours.spelling[answer], is_common, False)
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


def _is_slip_of_long_word(mine: Name, yours: Name, word: str, answer: str) -> bool:
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
    if is_typed_wrong(word, answer) and any(len(kept) >= 4 for kept in mine.words if kept != word):
        return True
    if min(len(word), len(answer)) < 7:
        return False
    if sum(len(kept) >= 4 for kept in mine.words if kept != word) < 2:
        return False
    return OSA.distance(word, answer, score_cutoff=2) <= 2


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
