"""The answers in words. Each reads right for nothing, one, many, less than nothing and not known.

A sentence is HTML: names are escaped, amounts are marked as everywhere on the pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup

from tieout.pack.answers.facts import Billing, Closed, Earned, Lost, Tied
from tieout.pack.pages.changes import Changes
from tieout.pack.render import count, money, named, words

FEW = 3
"""So many are named; the others are counted."""
NOBODY = "nobody"
"""The owner of an exception for whose role nobody is named."""
LATER = "not_yet_delivered"
"""The effect that is no judgement yet: what is sold and still to come."""


def tied(found: Tied, currency: str) -> Markup:
    """What differs, from what, by how much."""
    said = []
    if found.broken:
        broken = _of(len(found.broken), found.laws, "law is", "laws are")
        said.append(Markup("{} broken: {}.").format(broken, listed(found.broken)))
    else:
        said.append(_every(found.laws, "law holds", "laws hold"))
    if found.differing:
        differ = [
            Markup('<a href="controls.html#{}">{}</a> by {}').format(
                tie.control_id, tie.title, _by(tie.amount, tie.documents, currency)
            )
            for tie in found.differing
        ]
        number = _of(len(found.differing), found.compared, "tie-out differs", "tie-outs differ")
        said.append(Markup("{}: {}.").format(number, listed(differ)))
    elif found.compared:
        said.append(
            _every(found.compared, "tie-out agrees, to the cent", "tie-outs agree, to the cent")
        )
    else:
        said.append(Markup("There was nothing to compare with a ledger or a source."))
    if found.compared and found.empty:
        said.append(Markup("{} had nothing to compare.").format(count(found.empty)))
    if found.not_run:
        said.append(Markup("{} did not run.").format(n_of(found.not_run, "tie-out", "tie-outs")))
    return Markup(" ").join(said)


def lost(found: Lost, currency: str, pages: Mapping[str, str]) -> Markup:
    """How much, and whose it is to act; `pages` is each owner's page."""
    said = []
    if not found.amount:
        said.append(Markup("No control found a loss."))
    else:
        said.append(
            Markup("{} {} of loss, each amount counted once.").format(
                n_of(found.exceptions, "exception holds", "exceptions hold"),
                _amount(currency, found.amount),
            )
        )
        actors = [
            Markup("{} on {}").format(_linked(owner, pages), money(amount))
            for owner, amount in found.actors
            if owner != NOBODY
        ]
        if actors:
            said.append(Markup("Who acts: {}.").format(listed(actors)))
        if unowned := dict(found.actors).get(NOBODY):
            said.append(
                Markup("{} is named to act on {}.").format(
                    Markup('<a href="{}">Nobody</a>').format(pages[NOBODY])
                    if NOBODY in pages
                    else "Nobody",
                    money(unowned),
                )
            )
    if found.doubt:
        said.append(
            Markup("{} {} in doubt until records are mended.").format(
                _amount(currency, found.doubt), "more is" if found.amount else "is"
            )
        )
    if found.not_run:
        said.append(
            Markup("There may be more: {} did not run.").format(
                n_of(found.not_run, "control", "controls")
            )
        )
    return Markup(" ").join(said)


def earned(found: Earned, currency: str) -> Markup:
    """The margin, how far it is from the quoted one, and which effects took the rest."""
    if found.realised is None:
        return Markup("Nothing was booked, delivered or spent.")
    if found.realised < 0:
        said = [
            Markup("{} more was spent than the work is worth.").format(
                _amount(currency, -found.realised)
            )
        ]
    elif not found.realised:
        said = [Markup("Nothing was earned.")]
    elif found.value > 0:
        percent = f"{100 * found.realised / found.value:,.1f} %"
        said = [
            Markup("{} was earned, {} of the realised value.").format(
                _amount(currency, found.realised), percent
            )
        ]
    else:
        said = [Markup("{} was earned.").format(_amount(currency, found.realised))]
    return Markup(" ").join([*said, *_quoted(found, found.realised, currency)])


def _quoted(found: Earned, realised: Decimal, currency: str) -> Iterator[Markup]:
    """What is between the quoted margin and the realised one."""
    if found.planned is None:
        yield Markup("No cost was ever planned, so nothing is known of the quoted margin.")
        return
    short = found.planned - realised
    if not short:
        yield Markup("That is the quoted margin, to the cent.")
    else:
        yield Markup("The quoted margin is {}, {} {}.").format(
            _amount(currency, found.planned), money(abs(short)), "more" if short > 0 else "less"
        )
    later = dict(found.effects).get(LATER, Decimal(0))
    if later < 0:
        yield Markup("Of the difference, {} is still to come.").format(money(-later))
    elif later > 0:
        yield Markup("What is still to come would have cost {} more than it is worth.").format(
            money(later)
        )
    for said, sign in (("What took most", -1), ("What added most", 1)):
        own = [
            Markup("{} {}").format(words(effect), money(amount))
            for effect, amount in found.effects
            if effect != LATER and sign * amount > 0
        ]
        if own:
            yield Markup("{}: {}.").format(said, listed(own))
    if found.unplanned_jobs:
        yield Markup(
            "{} that nobody planned the cost of; there, what was booked stands for it."
        ).format(n_of(found.unplanned_jobs, "job has work", "jobs have work"))


def ready(found: Billing, currency: str) -> Markup:
    """What can be billed, and how much of it is past its window."""
    items = n_of(found.pieces, "item", "items")
    if not found.pieces:
        return Markup("Everything that was delivered is billed.")
    if not found.ready:
        return Markup(
            "What is ready to bill and what is to be credited come to the same, in {}."
        ).format(items)
    if found.ready < 0:
        return Markup("{} more is to be credited than is ready to bill, in {}.").format(
            _amount(currency, -found.ready), items
        )
    return Markup(
        "{} is delivered and not billed, in {}; {} of it is past its billing window."
    ).format(_amount(currency, found.ready), items, money(found.late) if found.late > 0 else "none")


def due(found: Billing, currency: str) -> Markup:
    """What is past due of what is owed."""
    documents = n_of(found.documents, "document is", "documents are")
    if found.documents and found.overdue < 0:
        said = Markup("{} past due, and by them customers are owed {}, with tax.").format(
            documents, _amount(currency, -found.overdue)
        )
    elif found.documents:
        said = Markup(
            "{} past due: {} of the {} that customers owe, with tax, the oldest by {}."
        ).format(
            documents,
            _amount(currency, found.overdue),
            money(found.owed),
            n_of(found.days, "day", "days"),
        )
    elif found.owed > 0:
        said = Markup("Nothing of the {} that customers owe is past due.").format(
            _amount(currency, found.owed)
        )
    elif found.owed < 0:
        said = Markup("Nothing is past due; customers are owed {} more than they owe.").format(
            _amount(currency, -found.owed)
        )
    else:
        said = Markup("Nothing is owed, and nothing is past due.")
    if not found.unrated:
        return said
    return said + Markup(" {} no rate of exchange and {} in no total.").format(
        n_of(found.unrated, "document has", "documents have"), "is" if found.unrated == 1 else "are"
    )


def changed(found: Closed, changes: Changes | None, currency: str) -> Markup:
    """What was entered after closing, and which figures of ended months are others now."""
    if found.entries is None:
        entered = Markup("No ledger says which months it has closed.")
    elif not found.entries:
        entered = Markup("Nothing was entered into a month after it was closed.")
    else:
        entered = Markup("{} closed: {}.").format(
            n_of(
                found.entries,
                "journal was entered into a month that was",
                "journals were entered into months that were",
            ),
            _amount(currency, found.amount),
        )
    if changes is None:
        return entered + " This is the first publication here: there is none to compare with."
    restated = [
        Markup("{} of {} by {}").format(words(one.stage), f"{one.month:%B %Y}", money(one.change))
        for one in changes.restated
    ]
    if restated:
        figures = n_of(
            len(restated), "figure of an ended month changed", "figures of ended months changed"
        )
        moved = Markup("{}: {}").format(figures, listed(restated))
    else:
        moved = Markup("no figure of an ended month changed")
    new, gone = (len(part) for part in (changes.opened, changes.closed))
    return entered + Markup(" Since the last publication {}; {} new and {} gone.").format(
        moved,
        n_of(new, "exception is", "exceptions are") if new else "no exception is",
        f"{gone:,} are" if gone > 1 else "1 is" if gone else "none is",
    )


def listed(parts: Sequence[str]) -> Markup:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`."""
    told = [Markup("{}").format(part) for part in parts[:FEW]]
    if len(parts) > FEW:
        return Markup("{} and {} more").format(Markup(", ").join(told), f"{len(parts) - FEW:,}")
    if len(told) < 2:
        return told[0] if told else Markup("")
    return Markup("{} and {}").format(Markup(", ").join(told[:-1]), told[-1])


def n_of(number: int, one: str, many: str) -> str:
    """`1 exception`, `2 exceptions`."""
    return f"{number:,} {one if number == 1 else many}"


def _every(number: int, one: str, many: str) -> Markup:
    return Markup("{}.").format(f"The one {one}" if number == 1 else f"All {number:,} {many}")


def _of(part: int, whole: int, one: str, many: str) -> str:
    """`1 of 3 laws is`, `2 of 3 laws are`; the noun is of the whole, the verb of the part."""
    noun, verb = (many if whole != 1 else one).split(" ", 1)
    verb = (one if part == 1 else many).split(" ", 1)[1]
    return f"{part:,} of {whole:,} {noun} {verb}"


def _by(amount: Decimal | None, documents: int, currency: str) -> Markup:
    held = n_of(documents, "record", "records")
    if not amount:
        return Markup("{} without an amount").format(held)
    return Markup("{} in {}").format(_amount(currency, amount), held)


def _linked(owner: str, pages: Mapping[str, str]) -> Markup:
    if owner not in pages:
        return named(owner)
    return Markup('<a href="{}">{}</a>').format(pages[owner], named(owner))


def _amount(currency: str, amount: Decimal) -> Markup:
    return Markup("{} {}").format(currency, money(amount))
