"""About 400 customers, each as the CRM, the work orders and the ledger hold it: three people typed
three times."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

from tieout_demo.facilities import names
from tieout_demo.facilities.basics import STARTS, add_days, chance, dice, moment, pick, uid, working
from tieout_demo.facilities.model import Customer, Party

COUNTRIES = (("GB", 72), ("IE", 6), ("DE", 5), ("NL", 4), ("FR", 3), ("US", 6), ("CH", 4))
CURRENCY = {
    "GB": "GBP",
    "IE": "EUR",
    "DE": "EUR",
    "NL": "EUR",
    "FR": "EUR",
    "US": "USD",
    "CH": "CHF",
}
# The first customers buy most: with these among them the smallest company trades in every currency.
_FIRST_COUNTRIES = {2: "CH", 4: "US", 6: "DE"}
_TOWNS = {
    "GB": (
        ("Leeds", "West Yorkshire", "LS"),
        ("Bristol", "Avon", "BS"),
        ("Norwich", "Norfolk", "NR"),
        ("Glasgow", "Lanarkshire", "G"),
        ("Cardiff", "South Glamorgan", "CF"),
        ("Reading", "Berkshire", "RG"),
        ("Hull", "East Yorkshire", "HU"),
        ("London", "Greater London", "SE"),
    ),
    "IE": (("Dublin", "Leinster", "D0"), ("Cork", "Munster", "T1")),
    "DE": (("Köln", "Nordrhein-Westfalen", "50"), ("Hamburg", "Hamburg", "20")),
    "NL": (("Utrecht", "Utrecht", "35"), ("Zwolle", "Overijssel", "80")),
    "FR": (("Lille", "Hauts-de-France", "59"), ("Lyon", "Auvergne-Rhône-Alpes", "69")),
    "US": (("Boston", "MA", "021"), ("Austin", "TX", "787")),
    "CH": (("Zürich", "ZH", "80"), ("Basel", "BS", "40")),
}
_STREETS = (
    "Mill Lane",
    "Station Road",
    "Canal Street",
    "Foundry Row",
    "Park Avenue",
    "Quay Side",
    "Church Street",
    "Enterprise Way",
)
_DIALS = {
    "GB": "+44 ",
    "IE": "+353 ",
    "DE": "+49 ",
    "NL": "+31 ",
    "FR": "+33 ",
    "US": "+1 ",
    "CH": "+41 ",
}
_FIRST_ADDED = date(2022, 3, 1)


def customers(seed: int, count: int) -> list[Customer]:
    taken: set[str] = set()
    made = []
    for number in range(count):
        rng = dice(seed, "customer", number)
        country = _FIRST_COUNTRIES.get(number) or pick(rng, COUNTRIES)
        name, form = names.company(rng, country)
        while name in taken:
            name, form = names.company(rng, country)
        taken.add(name)
        made.append(_customer(rng, number, name, form, country, _since(rng, number, count)))
    return made


def _since(rng: random.Random, number: int, count: int) -> date:
    """Six of ten were customers when the history begins; the others come in over its time."""
    if number < count * 6 // 10:
        return working(add_days(_FIRST_ADDED, rng.randrange(1000)))
    span = 560 * (number - count * 6 // 10) // max(1, count - count * 6 // 10)
    return working(add_days(STARTS, span + rng.randrange(5)))


def _customer(
    rng: random.Random, number: int, name: str, form: str, country: str, since: date
) -> Customer:
    hostile = number % 33 == 7
    full = names.HOSTILE[number // 33 % len(names.HOSTILE)] if hostile else f"{name} {form}"
    if hostile and number // 33 >= len(names.HOSTILE):
        full = f"{full} ({number})"
    slug = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name).lower()
        if letter.isascii() and letter.isalnum()
    )
    town, region, post = rng.choice(_TOWNS[country])
    facts = Party(
        ident=str(9_120_000_000 + number * 137),
        name=full,
        legal_name=full if chance(rng, 70) else None,
        tax_number=_tax_number(rng, country) if chance(rng, 85) else None,
        registration=f"{rng.randrange(1_000_000, 15_999_999):08d}"
        if country == "GB" and chance(rng, 80)
        else None,
        website=f"https://www.{slug}{number}.example" if chance(rng, 80) else None,
        email=f"accounts@{slug}{number}.example",
        phone=f"{_DIALS[country]}{rng.randrange(20, 99)} {rng.randrange(1_000_000, 9_999_999)}",
        street=f"{rng.randrange(1, 190)} {rng.choice(_STREETS)}",
        city=town,
        region=region,
        postal_code=_postal_code(rng, country, post),
        country=country,
        added=moment(since, 9, "customer", number),
    )
    return Customer(
        number=number,
        name=full,
        country=country,
        currency=CURRENCY[country],
        since=since,
        terms_days=pick(rng, ((14, 20), (30, 60), (45, 20))),
        crm=_known_to(rng, facts, facts.ident, full, tax=55, web=90),
        ops=_known_to(
            rng,
            facts,
            str(10_000 + number),
            full if hostile else names.respelled(rng, name, form),
            tax=45,
            web=60,
            after=timedelta(hours=1),
        ),
        books=_books(rng, facts, number, full if hostile else names.respelled(rng, name, form)),
    )


def _books(rng: random.Random, facts: Party, number: int, name: str) -> Party:
    typo = number % 23 == 11
    party = _known_to(
        rng,
        facts,
        uid("contact", number),
        names.mistyped(rng, name) if typo else name,
        tax=0 if typo else 70,
        web=50,
        after=timedelta(hours=2),
    )
    party.crm_ref = facts.ident if chance(rng, 8) else None
    return party


def _known_to(
    rng: random.Random,
    facts: Party,
    ident: str,
    name: str,
    *,
    tax: int,
    web: int,
    after: timedelta = timedelta(),
) -> Party:
    has_tax = facts.tax_number if chance(rng, tax) else None
    if has_tax and chance(rng, 25):
        has_tax = f"{has_tax[:2]} {has_tax[2:5]} {has_tax[5:]}"
    return Party(
        ident=ident,
        name=name,
        legal_name=facts.legal_name if chance(rng, 60) else None,
        tax_number=has_tax,
        registration=facts.registration if chance(rng, tax) else None,
        website=facts.website if chance(rng, web) else None,
        email=facts.email if chance(rng, 85) else None,
        phone=facts.phone
        if chance(rng, 70)
        else facts.phone.replace(" ", "")
        if facts.phone
        else None,
        street=facts.street
        if chance(rng, 70)
        else facts.street.replace("Street", "St").replace("Road", "Rd").replace("Avenue", "Ave"),
        city=facts.city,
        region=facts.region,
        postal_code=facts.postal_code,
        country=facts.country,
        added=facts.added + after,
    )


def twin(rng: random.Random, party: Party, ident: str, added: datetime) -> Party:
    """The same customer entered a second time by somebody who didn't look: another name, part of
    the address."""
    return Party(
        ident,
        names.mistyped(rng, party.name.upper()),
        None,
        None,
        None,
        party.website,
        party.email,
        party.phone,
        party.street,
        party.city,
        party.region,
        party.postal_code,
        party.country,
        added,
    )


def _tax_number(rng: random.Random, country: str) -> str:
    digits = f"{rng.randrange(10**9):09d}"
    return {
        "IE": f"IE{digits[:7]}T",
        "NL": f"NL{digits}B01",
        "FR": f"FR12{digits}",
        "US": f"US{digits}",
        "CH": f"CHE{digits}",
    }.get(country, f"{country}{digits}")


def _postal_code(rng: random.Random, country: str, post: str) -> str:
    number = rng.randrange(100, 1000)
    if country == "GB":
        return (
            f"{post}{number // 100} {number % 10}{rng.choice('ABDEFGHJ')}{rng.choice('LNPQRSTU')}"
        )
    if country == "IE":
        return f"{post}{number // 100} X{number}"
    return f"{post}{number:03d}"[:5] if country in {"DE", "FR", "US"} else f"{post}{number:03d}"[:4]


def local_price(gbp: Decimal, currency: str) -> Decimal:
    """A list price in the customer's currency, in whole units: the price list is not re-priced with
    the market."""
    factor = {
        "GBP": Decimal(1),
        "EUR": Decimal("1.20"),
        "USD": Decimal("1.30"),
        "CHF": Decimal("1.12"),
    }[currency]
    whole = (gbp * factor).quantize(Decimal(1))
    return max(Decimal(1), whole) if gbp >= 1 else (gbp * factor).quantize(Decimal("0.0001"))
