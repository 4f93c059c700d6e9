"""Did it tie, what was lost, what changed: the answers in words.

Each sentence reads right for nothing, one, many, less than nothing and not known. It is HTML: names
are escaped, amounts are marked as everywhere on the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from tieout.pack.answers.facts import Closed, Lost, Tied
from tieout.pack.answers.phrases import amount_of, every, listed, n_of, part_of
from tieout.pack.pages.changes import Changes
from tieout.pack.render import count, money, named, words

NOBODY = "nobody"
"""The owner of an exception for whose role nobody is named."""


def tied(found: Tied, currency: str) -> Markup:
    """What differs, from what, by how much."""
    said = []
    if found.broken:
        broken = part_of(len(found.broken), found.laws, "law is", "laws are")
        said.append(Markup("{} broken: {}.").format(broken, listed(found.broken)))
    else:
        said.append(every(found.laws, "law holds", "laws hold"))
    if found.differing:
        differ = [
            Markup('<a href="controls.html#{}">{}</a> by {}').format(
                tie.control_id, tie.title, _by(tie.amount, tie.documents, currency)
            )
            for tie in found.differing
        ]
        number = part_of(len(found.differing), found.compared, "tie-out differs", "tie-outs differ")
        said.append(Markup("{}: {}.").format(number, listed(differ)))
    elif found.compared:
        said.append(
            every(found.compared, "tie-out agrees, to the cent", "tie-outs agree, to the cent")
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
                amount_of(currency, found.amount),
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
                amount_of(currency, found.doubt), "more is" if found.amount else "is"
            )
        )
    if found.not_run:
        said.append(
            Markup("There may be more: {} did not run.").format(
                n_of(found.not_run, "control", "controls")
            )
        )
    return Markup(" ").join(said)


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
            amount_of(currency, found.amount),
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


def _by(amount: Decimal | None, documents: int, currency: str) -> Markup:
    held = n_of(documents, "record", "records")
    if not amount:
        return Markup("{} without an amount").format(held)
    return Markup("{} in {}").format(amount_of(currency, amount), held)


def _linked(owner: str, pages: Mapping[str, str]) -> Markup:
    if owner not in pages:
        return named(owner)
    return Markup('<a href="{}">{}</a>').format(pages[owner], named(owner))
