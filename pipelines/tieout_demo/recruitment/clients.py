"""The agency's clients: some of them customers of the facilities arm too, spelled as this office
spells them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tieout_demo.calendars import at
from tieout_demo.history import History
from tieout_demo.recruitment.model import FIRST_DAY, Client, draws

CLIENTS = 80
SHARED = 25

# Names as people really type them, or as nobody should: each must pass through files, SQL, JSON and
# pages unharmed.
_HOSTILE = (
    ("O'Brien & Söhne GmbH", "DE"),
    ('"De Gouden Leeuw" Holding, B.V.', "NL"),
    ("=SUM(A1:A9) Consulting Ltd", "GB"),
    ("Robert'); DROP TABLE invoices;-- B.V.", "NL"),
    ("Semi;Colon & Tab\tSA", "FR"),
    ("Zwei Zeilen\nAG", "CH"),
    ("NULL", "NL"),
    ("<script>alert('x')</script> Media BV", "NL"),
    ("{{ ref('cnf_invoices') }} Labs Inc.", "US"),
    ("Łódź Inżynieria Sp. z o.o.", "PL"),
    ("日本電装 Europe N.V.", "BE"),
    ("100% Staal | Pijp \\ Zonen VOF", "NL"),
)
_FIRST = [
    "Van Dijk",
    "Kroon",
    "De Wit",
    "Hoekstra",
    "Maas",
    "Rijnland",
    "Zuider",
    "Noorder",
    "Oranje",
    "Polder",
    "Delta",
    "Amstel",
    "Brandt",
    "Keller",
    "Moreau",
    "Lefèvre",
    "Ashdown",
    "Thornbury",
    "Calder",
    "Wexford",
    "Zürcher",
    "Bernina",
    "Liberty",
    "Hudson",
    "Cascade",
    "Meridian",
    "Vermeer",
    "Haven",
    "Linden",
    "Sterling",
]
_SECOND = [
    "Techniek",
    "Logistics",
    "Zorg",
    "Software",
    "Engineering",
    "Foods",
    "Pharma",
    "Energy",
    "Bouw",
    "Finance",
    "Media",
    "Maritime",
    "Textiles",
    "Robotics",
    "Retail",
]
_FORMS = {
    "NL": "B.V.",
    "DE": "GmbH",
    "FR": "SARL",
    "BE": "NV",
    "GB": "Ltd",
    "CH": "AG",
    "US": "Inc.",
    "IE": "Limited",
}
_CITIES = {
    "NL": "Utrecht",
    "DE": "Köln",
    "FR": "Lyon",
    "BE": "Antwerpen",
    "GB": "Leeds",
    "CH": "Zürich",
    "US": "Boston",
    "IE": "Cork",
    "PL": "Łódź",
}
_CURRENCIES = {"GB": "GBP", "CH": "CHF", "US": "USD"}
_EUROPEAN_UNION = frozenset(["NL", "DE", "FR", "BE", "IE", "PL", "ES", "IT", "AT", "DK", "SE"])
_COUNTRIES = ("NL",) * 9 + ("DE", "DE", "FR", "BE", "IE", "GB", "GB", "GB", "CH", "CH", "US", "US")
# Our people type a company's name from its letterhead, from memory, or in capitals.
_SPELLINGS = (
    lambda name: name,
    lambda name: name.upper(),
    lambda name: name.replace(" Ltd", " Limited").replace(" and ", " & "),
    lambda name: name.replace(" Limited", " Ltd.").replace(" & ", " and "),
    lambda name: f"{name} (UK)",
    lambda name: name.replace(" ", "  ", 1),
)


def build(
    seed: int, scale: float, shared: Sequence[Mapping[str, Any]], history: History
) -> list[Client]:
    """All clients, and their records. `shared` are the facilities arm's customers that this arm
    serves as well."""
    count = max(8, round(CLIENTS * scale))
    shared = list(shared)[: max(2, round(SHARED * scale))]
    hostile = _HOSTILE[: max(3, round(len(_HOSTILE) * min(scale, 1)))]
    chance = draws(seed, "clients")
    profiles = [_shared_profile(chance, company) for company in shared]
    profiles += [{"customer_name": name, "country": country} for name, country in hostile]
    taken = {profile["customer_name"] for profile in profiles}
    while len(profiles) < count:
        country = chance.choice(_COUNTRIES)
        name = f"{chance.choice(_FIRST)} {chance.choice(_SECOND)} {_FORMS[country]}"
        if name in taken:
            name = name.replace(_FORMS[country], f"{len(profiles)} {_FORMS[country]}")
        taken.add(name)
        profiles.append(
            {"customer_name": name, "country": country, "tax_number": _tax_number(chance, country)}
        )
    return [_client(chance, number, profile, history) for number, profile in enumerate(profiles)]


def _shared_profile(chance: random.Random, company: Mapping[str, Any]) -> dict[str, Any]:
    profile = {
        "customer_name": chance.choice(_SPELLINGS)(company["name"]),
        "country": company.get("country") or "GB",
        "city": company.get("city"),
    }
    for ours, theirs, odds in (("tax_number", "tax_number", 0.6), ("website", "website", 0.3)):
        if company.get(theirs) and chance.random() < odds:
            profile[ours] = company[theirs]
    return profile


def _tax_number(chance: random.Random, country: str) -> str | None:
    digits = f"{chance.randrange(10**8, 10**9)}"
    return f"{country}{digits}{'B01' if country == 'NL' else ''}" if chance.random() < 0.7 else None


def _client(
    chance: random.Random, number: int, profile: dict[str, Any], history: History
) -> Client:
    country = profile["country"]
    customer_id = f"CL-{1001 + number}"
    created = at(FIRST_DAY + timedelta(days=chance.randrange(5)), 9)
    profile.setdefault("city", _CITIES.get(country))
    slug = "".join(
        letter
        for letter in profile["customer_name"].lower()
        if letter.isascii() and letter.isalnum()
    )[:24]
    if "website" not in profile and chance.random() < 0.5 and len(slug) > 4:
        profile["website"] = f"https://www.{slug}.example/"
    row = {
        "customer_id": customer_id,
        "legal_name": profile["customer_name"] if chance.random() < 0.4 else None,
        "registration_number": f"{chance.randrange(10**7, 10**8)}"
        if chance.random() < 0.3
        else None,
        "email": f"invoices+{customer_id.lower()}@client.example"
        if chance.random() < 0.8
        else None,
        "phone": f"+{chance.randrange(31, 50)} {chance.randrange(10**8, 10**9)}",
        "address_line": f"{chance.choice(_FIRST)} Street {chance.randrange(1, 240)}",
        "postal_code": f"{chance.randrange(1000, 9999)}",
        "created_at": created,
    }
    history.add("customers", created, row | profile)
    if chance.random() < 0.1:
        moved = date(2025, 3, 1) + timedelta(days=chance.randrange(450))
        history.change(
            "customers",
            at(moved, 10),
            customer_id,
            address_line=f"{chance.choice(_FIRST)} Square {number + 1}",
        )
    tax_code = "NL21" if country == "NL" else "EUREV" if country in _EUROPEAN_UNION else "EXP0"
    return Client(
        customer_id=customer_id,
        name=profile["customer_name"],
        country=country,
        currency=_CURRENCIES.get(country, "EUR"),
        tax_code=tax_code,
        terms=chance.choice((14, 14, 30, 30, 30, 45)),
        billing_period=chance.choice(("week", "week", "week", "month", "month")),
        style=chance.choice(("combined",) * 6 + ("each",) * 3 + ("split",)),
        days_late=chance.choice((-4, -2, 0, 0, 1, 3, 5, 9, 14, 24)),
        pays_monthly=chance.random() < 0.25,
        takes_discount=chance.random() < 0.06,
    )
