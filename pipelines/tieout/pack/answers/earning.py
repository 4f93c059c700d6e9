"""What was earned, what is ready to bill, what is past due: the answers in words.

Each sentence reads right for nothing, one, many, less than nothing and not known. It is HTML: names
are escaped, amounts are marked as everywhere on the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from markupsafe import Markup

from tieout.pack.answers.facts import Billing, Earned
from tieout.pack.answers.phrases import amount_of, listed, n_of
from tieout.pack.render import money, words

LATER = "not_yet_delivered"
"""The effect that is no judgement yet: what is sold and still to come."""


def earned(found: Earned, currency: str) -> Markup:
    """The margin, how far it is from the quoted one, and which effects took the rest."""
    if found.realised is None:
        return Markup("Nothing was booked, delivered or spent.")
    if found.realised < 0:
        said = [
            Markup("{} more was spent than the work is worth.").format(
                amount_of(currency, -found.realised)
            )
        ]
    elif not found.realised:
        said = [Markup("Nothing was earned.")]
    elif found.value > 0:
        percent = f"{100 * found.realised / found.value:,.1f} %"
        said = [
            Markup("{} was earned, {} of the realised value.").format(
                amount_of(currency, found.realised), percent
            )
        ]
    else:
        said = [Markup("{} was earned.").format(amount_of(currency, found.realised))]
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
            amount_of(currency, found.planned), money(abs(short)), "more" if short > 0 else "less"
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
            amount_of(currency, -found.ready), items
        )
    return Markup(
        "{} is delivered and not billed, in {}; {} of it is past its billing window."
    ).format(
        amount_of(currency, found.ready), items, money(found.late) if found.late > 0 else "none"
    )


def due(found: Billing, currency: str) -> Markup:
    """What is past due of what is owed."""
    documents = n_of(found.documents, "document is", "documents are")
    if found.documents and found.overdue < 0:
        said = Markup("{} past due, and by them customers are owed {}, with tax.").format(
            documents, amount_of(currency, -found.overdue)
        )
    elif found.documents:
        said = Markup(
            "{} past due: {} of the {} that customers owe, with tax, the oldest by {}."
        ).format(
            documents,
            amount_of(currency, found.overdue),
            money(found.owed),
            n_of(found.days, "day", "days"),
        )
    elif found.owed > 0:
        said = Markup("Nothing of the {} that customers owe is past due.").format(
            amount_of(currency, found.owed)
        )
    elif found.owed < 0:
        said = Markup("Nothing is past due; customers are owed {} more than they owe.").format(
            amount_of(currency, -found.owed)
        )
    else:
        said = Markup("Nothing is owed, and nothing is past due.")
    if not found.unrated:
        return said
    return said + Markup(" {} no rate of exchange and {} in no total.").format(
        n_of(found.unrated, "document has", "documents have"), "is" if found.unrated == 1 else "are"
    )
