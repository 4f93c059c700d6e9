"""A world of companies: singles, and families whose members share a name, a door or a telephone and
are different companies."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field, replace

from benchmarks.companies.countries import (
    ALIKE,
    COINED,
    COINED_TRADES,
    COUNTRIES,
    FIRST_NAMES,
    ROLES,
    Country,
)

STARTS = "Bal Bren Cald Car Dal Del Drum Fal Fen Gal Gar Hal Har Hel Jan Kar Kel Lan Lor Mal Mar Mel Mor Nor Pal Pen Per Ros Sal San Sel Ston Tal Tar Tor Val Ver Vil Wal Wen Wil Zel Stran Bru Kri Gro Fre Cla"
MIDDLES = "a e i o an en on ar er or el il am em im and end ing ov av ev ist est ast"
ENDS = "by dale don ell ens field ford gard ham hurst ier ini lund man mann mark mond ner nik oni quist ridge sen ska son stad stein ston thal tec ton tron va vale ver via ville wick worth zen zio co dor ley more"


@dataclass(frozen=True)
class Company:
    """One real company. `words` is its name without legal form; `forms` are the spellings of that
    form."""

    number: int
    country: Country
    words: tuple[str, ...]
    forms: tuple[str, ...]
    street: str
    house: str
    postal_code: str
    city: str
    phone: str
    domain: str
    tax_number: str
    registration_number: str
    family: int | None = None
    says_form: bool = False
    """Whether another company differs from it in legal form alone, so that everybody writes the
    form."""
    coined: bool = field(default=False)


def companies(seed: int, count: int, *, half: int | None = None) -> list[Company]:
    """So many companies. With `half` 0 or 1 names are made of that half of the words only, so that
    two sets share none."""
    rng = random.Random(f"companies {seed}")
    made: list[Company] = []
    domains: set[str] = set()
    while len(made) < count:
        first = _company(rng, len(made), half)
        if first.domain in domains:
            first = replace(first, domain=f"{len(made)}{first.domain}")
        domains.add(first.domain)
        made.append(first)
        if rng.random() < 0.13:
            relatives = _family(rng, first, len(made), half)
            if relatives:
                made[-1] = replace(
                    first,
                    family=first.number,
                    says_form=any(other.says_form for other in relatives),
                )
            # A family may share a domain; nobody else has it.
            for other in relatives:
                taken = other.domain in domains and other.domain != first.domain
                made.append(
                    replace(other, domain=f"{other.number}{other.domain}") if taken else other
                )
            domains.update(other.domain for other in made[-len(relatives) - 1 :])
    return made[:count]


def _half(words: tuple[str, ...] | list[str], half: int | None) -> list[str]:
    return [word for place, word in enumerate(words) if half is None or place % 2 == half]


def _company(rng: random.Random, number: int, half: int | None) -> Company:
    country = rng.choices(COUNTRIES, weights=[country.weight for country in COUNTRIES])[0]
    words, coined = _name(rng, country, half)
    company = Company(
        number=number,
        country=country,
        words=words,
        forms=rng.choice(country.forms),
        street="",
        house="",
        postal_code="",
        city="",
        phone=_phone(rng, country),
        # A domain is one company's, or one family's.
        domain=f"{number if rng.random() < 0.3 else ''}{_domain(rng, words, country)}",
        tax_number=_pattern(rng, country.tax),
        registration_number=f"{rng.randrange(10**6, 10**8)}",
        coined=coined,
    )
    return _moved(rng, company)


def _name(rng: random.Random, country: Country, half: int | None) -> tuple[tuple[str, ...], bool]:
    trade = rng.choice(country.trades)
    kind = rng.random()
    latin = country.code not in ("UA", "GR")
    if latin and kind < 0.4:
        word = _invented(rng, half) if rng.random() < 0.6 else rng.choice(_half(COINED, half))
        if rng.random() < 0.35:
            word += " " + rng.choice(_half(COINED, half))
        return (*word.split(), rng.choice(COINED_TRADES) if rng.random() < 0.8 else trade), True
    surname = rng.choice(_half(country.surnames, half))
    if latin and rng.random() < 0.4:
        surname = _invented(rng, half)
    if kind < 0.5:
        own: tuple[str, ...] = (surname, "&", rng.choice(_half(country.surnames, half)))
    elif latin and kind < 0.65:
        own = (rng.choice(FIRST_NAMES), surname)
    elif latin and kind < 0.75:
        own = (f"{rng.choice('ABCDEFGHJKLMPRSTW')}.{rng.choice('ABCDEFGHJKLMPRSTW')}.", surname)
    elif kind < 0.87:
        own = (surname, rng.choice(country.cities)[0])
    else:
        own = (surname,)
    return ((trade, *own) if country.order == "trade name" else (*own, trade)), False


def _invented(rng: random.Random, half: int | None) -> str:
    """A word that no list holds, as most company names have one."""
    starts, middles, ends = (_half(parts.split(), half) for parts in (STARTS, MIDDLES, ENDS))
    return (
        rng.choice(starts) + (rng.choice(middles) if rng.random() < 0.6 else "") + rng.choice(ends)
    )


def _family(rng: random.Random, first: Company, number: int, half: int | None) -> list[Company]:
    """Relatives of a company that are companies of their own, in the ways in which real data holds
    them."""
    kind = rng.choice(
        ["group", "group", "branches", "namesake", "twin form", "neighbour", "numbered", "cousins"]
    )
    stem = first.words[:-1] or first.words
    relatives: list[Company] = []
    for place in range(rng.randint(1, 3)):
        other = replace(
            first,
            number=number + place,
            tax_number=_pattern(rng, first.country.tax),
            registration_number=f"{rng.randrange(10**6, 10**8)}",
            family=first.number,
        )
        if kind == "group":
            # One door, one switchboard, one domain: several companies.
            other = replace(other, words=(*stem, ROLES[(first.number + place) % len(ROLES)]))
        elif kind == "branches":
            other = _moved(rng, replace(other, phone=_phone(rng, first.country)))
            other = replace(other, words=(*first.words, other.city))
        elif kind == "namesake":
            other = _moved(
                rng,
                replace(other, phone=_phone(rng, first.country), domain=f"{place}{first.domain}"),
            )
        elif kind == "twin form":
            forms = [
                form
                for form in first.country.forms
                if form[0] != first.forms[0] and {form[0], first.forms[0]} not in ALIKE
            ]
            if relatives or not forms:
                break
            other = replace(other, forms=rng.choice(forms), says_form=True)
        elif kind == "neighbour":
            words, _ = _name(rng, first.country, half)
            other = replace(
                other,
                words=words,
                phone=_phone(rng, first.country),
                domain=_domain(rng, words, first.country),
            )
        elif kind == "numbered":
            other = replace(other, words=(*first.words, str(place + 2)))
        else:
            words = (
                *stem,
                rng.choice([trade for trade in first.country.trades if trade != first.words[-1]]),
            )
            other = _moved(rng, replace(other, words=words, phone=_phone(rng, first.country)))
            other = replace(other, domain=_domain(rng, words, first.country))
        if kind == "cousins" and any(other.words == relative.words for relative in relatives):
            continue
        if (other.words, other.forms, other.city) not in {
            (c.words, c.forms, c.city) for c in (first, *relatives)
        }:
            relatives.append(replace(other, number=number + len(relatives)))
    return relatives


def _moved(rng: random.Random, company: Company) -> Company:
    city, pattern = rng.choice(company.country.cities)
    return replace(
        company,
        city=city,
        postal_code=_pattern(rng, pattern),
        street=rng.choice(company.country.streets),
        house=str(rng.randint(1, 180)),
    )


def moved(rng: random.Random, company: Company) -> Company:
    """The company at a new door, with a new telephone half of the time."""
    there = _moved(rng, company)
    return replace(there, phone=_phone(rng, company.country)) if rng.random() < 0.5 else there


def _pattern(rng: random.Random, pattern: str) -> str:
    letters = {"#": "0123456789", "@": "ABCDEFGHJKLMNPRSTUVWXYZ"}
    return "".join(rng.choice(letters[sign]) if sign in letters else sign for sign in pattern)


def _phone(rng: random.Random, country: Country) -> str:
    return f"{country.dial} {rng.randint(20, 99)} {rng.randint(100, 999)} {rng.randint(1000, 9999)}"


def _domain(rng: random.Random, words: tuple[str, ...], country: Country) -> str:
    letters = [
        "".join(sign for sign in plain(word).lower() if sign.isascii() and sign.isalnum())
        for word in words
    ]
    shown = [word for word in letters if word] or [f"firm{rng.randrange(10**6)}"]
    label = rng.choice(
        ["".join(shown[:2]), "-".join(shown[:2]), shown[0] + shown[-1], "".join(shown)]
    )
    return f"{label}.{rng.choice([country.top_level, 'com'])}"


def plain(text: str) -> str:
    """Text without accents."""
    spelled = (
        text.replace("ß", "ss")
        .replace("ø", "o")
        .replace("Ø", "O")
        .replace("ł", "l")
        .replace("Ł", "L")
        .replace("æ", "ae")
    )
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(sign)
    )
