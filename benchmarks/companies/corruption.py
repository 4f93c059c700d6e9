"""Ten ways in which a second system spells a company, and the fields that systems leave empty."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.companies.world import Company, moved, plain

Row = dict[str, str]

SHORT = {
    "Engineering": "Eng", "Services": "Svcs", "Construction": "Constr", "International": "Intl", "Manufacturing": "Mfg",
    "Electrical": "Elec", "Technologies": "Tech", "Industries": "Inds", "Management": "Mgmt", "Holdings": "Hldgs",
    "Properties": "Props", "Systems": "Sys", "Solutions": "Solns", "Distribution": "Dist", "Group": "Grp",
    "Pharmaceuticals": "Pharma", "Accountants": "Accts", "Equipment": "Equip", "Marketing": "Mktg", "Trading": "Trdg",
    "Consulting": "Cons", "Logistics": "Logs", "Transport": "Transp", "Construcciones": "Constr", "Costruzioni": "Costr",
}  # fmt: skip
ROUND = {
    "А": "A", "Б": "B", "В": "V", "Г": "H", "Д": "D", "Е": "E", "Ж": "Zh", "З": "Z", "И": "Y", "І": "I", "Й": "I", "К": "K", "Л": "L", "М": "M", "Н": "N",
    "О": "O", "П": "P", "Р": "R", "С": "S", "Т": "T", "У": "U", "Ф": "F", "Х": "Kh", "Ц": "Ts", "Ч": "Ch", "Ш": "Sh", "Щ": "Shch", "Ю": "Iu", "Я": "Ia",
    "Ь": "", "Є": "Ie", "Ї": "I", "Ґ": "G", "Α": "A", "Β": "V", "Γ": "G", "Δ": "D", "Ε": "E", "Ζ": "Z", "Η": "I", "Θ": "Th", "Ι": "I", "Κ": "K", "Λ": "L",
    "Μ": "M", "Ν": "N", "Ξ": "X", "Ο": "O", "Π": "P", "Ρ": "R", "Σ": "S", "Τ": "T", "Υ": "Y", "Φ": "F", "Χ": "Ch", "Ψ": "Ps", "Ω": "O",
}  # fmt: skip


def clean(rng: random.Random, company: Company) -> Row:
    """The company as the first system holds it."""
    form = company.forms[0] if company.says_form or rng.random() < 0.85 else ""
    return _row(company, _joined(company, company.words, form))


def legal_form(rng: random.Random, company: Company) -> Row:
    return _row(company, _joined(company, company.words, _form(rng, company)))


def typing_error(rng: random.Random, company: Company) -> Row:
    row = legal_form(rng, company)
    places = [place for place, sign in enumerate(row["customer_name"]) if sign.isalpha()]
    for _ in range(1 if rng.random() < 0.7 else 2):
        row["customer_name"] = _mistyped(rng, row["customer_name"], rng.choice(places[1:]))
    return row


def word_order(rng: random.Random, company: Company) -> Row:
    words = list(company.words)
    turned = [*words[1:], words[0]] if rng.random() < 0.6 else [words[-1], *words[:-1]]
    return _row(
        company,
        _joined(
            company,
            tuple(turned),
            company.forms[0] if company.says_form else rng.choice([company.forms[0], ""]),
        ),
    )


def abbreviation(rng: random.Random, company: Company) -> Row:
    words = tuple(SHORT.get(word, "and" if word == "&" else word) for word in company.words)
    if words == company.words and len(words) > 1 and len(words[-1]) > 6:
        words = (*words[:-1], words[-1][: rng.randint(4, 5)] + rng.choice(["", "."]))
    return _row(company, _joined(company, words, rng.choice(company.forms)))


def initials(rng: random.Random, company: Company) -> Row:
    words = list(company.words)
    if len(words) >= 3:
        words[0] = (
            words[0][0] + rng.choice(["", "."])
            if "." not in words[0]
            else words[0].replace(".", rng.choice(["", " "]))
        )
    elif len(words) == 2:
        words[1] = words[1][:1] + "."
    return _row(company, _joined(company, tuple(words), rng.choice(company.forms)))


def transliteration(rng: random.Random, company: Company) -> Row:
    name = _joined(company, company.words, rng.choice(company.forms))
    if rng.random() < 0.5:
        for letter, pair in (
            ("ä", "ae"),
            ("ö", "oe"),
            ("ü", "ue"),
            ("å", "aa"),
            ("ø", "oe"),
            ("Ö", "Oe"),
            ("Ü", "Ue"),
            ("Ä", "Ae"),
        ):
            name = name.replace(letter, pair)
    name = "".join(ROUND.get(sign, ROUND.get(sign.upper(), sign).lower()) for sign in plain(name))
    row = _row(company, name)
    row["city"] = "".join(
        ROUND.get(sign, ROUND.get(sign.upper(), sign).lower()) for sign in plain(row["city"])
    )
    return row


def spacing(rng: random.Random, company: Company) -> Row:
    name = _joined(company, company.words, rng.choice(company.forms))
    changed = rng.choice(
        [
            str.upper,
            str.lower,
            lambda text: text.replace(" ", "-", 1),
            lambda text: text.replace(" ", "", 1),
            lambda text: text.replace(" ", "  "),
            lambda text: text.replace("-", " ").replace("'", " "),
        ]
    )(name)
    row = _row(company, changed)
    row["phone"] = (
        row["phone"]
        .replace(" ", rng.choice(["", "-", "."]))
        .replace(company.country.dial, rng.choice(["0", company.country.dial]))
    )
    row["postal_code"] = row["postal_code"].replace(" ", "")
    return row


def trading_name(rng: random.Random, company: Company) -> Row:
    """The name above the door, with the registered one in its own field as often as not."""
    # Of a family's member it says which: what even the family could not tell apart is nobody's
    # test.
    is_short = len(company.words) > 1 and company.family is None and rng.random() < 0.7
    words = company.words[:-1] if is_short else (*company.words, "Direct")
    row = _row(company, " ".join(words))
    if company.says_form or rng.random() < 0.5:
        row["legal_name"] = _joined(company, company.words, rng.choice(company.forms))
    return row


def new_address(rng: random.Random, company: Company) -> Row:
    there = moved(rng, company)
    return _row(there, _joined(company, company.words, rng.choice(company.forms)))


def cut_or_noted(rng: random.Random, company: Company) -> Row:
    name = _joined(company, company.words, rng.choice(company.forms))
    notes = ["{} (old)", "{} - do not use", "{} t/a {0}", "{} - " + company.city, "{} #2201"]
    cut = name[:20].rstrip()
    return _row(
        company,
        cut
        if len(name) > 22 and company.family is None and rng.random() < 0.6
        else rng.choice(notes).replace("{0}", company.words[0]).format(name),
    )


KINDS: dict[str, Callable[[random.Random, Company], Row]] = {
    "legal_form": legal_form,
    "typing_error": typing_error,
    "word_order": word_order,
    "abbreviation": abbreviation,
    "initials": initials,
    "transliteration": transliteration,
    "spacing_and_case": spacing,
    "trading_name": trading_name,
    "new_address": new_address,
    "cut_or_noted": cut_or_noted,
}


def emptied(rng: random.Random, row: Row) -> Row:
    """Leaves out what a system did not ask for: a name always stays, and something beside it."""
    kept = {"tax_number": 0.4, "registration_number": 0.25, "phone": 0.7, "website": 0.55, "email": 0.6,
            "address_line": 0.85, "postal_code": 0.85, "city": 0.92, "country": 0.93}  # fmt: skip
    out = dict(row)
    for column, share in kept.items():
        if rng.random() > share:
            out[column] = ""
    if rng.random() < 0.08:
        out["email"] = (
            f"{row['phone'][-4:]}.{plain(row['customer_name'])[:5].strip().lower()}@gmail.com".replace(
                " ", ""
            )
        )
        out["website"] = ""
    if not (
        out["phone"] or out["website"] or out["email"] or out["postal_code"] or out["tax_number"]
    ):
        out["phone"] = row["phone"]
    return out


def _row(company: Company, name: str) -> Row:
    return {
        "customer_name": name,
        "legal_name": "",
        "tax_number": company.tax_number,
        "registration_number": company.registration_number,
        "website": f"https://www.{company.domain}",
        "email": f"info@{company.domain}",
        "phone": company.phone,
        "address_line": f"{company.house} {company.street}" if company.country.code in ("GB", "US", "IE", "AU", "IN", "FR") else f"{company.street} {company.house}",
        "city": company.city,
        "postal_code": company.postal_code,
        "country": company.country.code,
    }  # fmt: skip


def _form(rng: random.Random, company: Company) -> str:
    """A spelling of its legal form, or none; where the form is what tells it from another company,
    never none."""
    return rng.choice(company.forms if company.says_form else [*company.forms, ""])


def _joined(company: Company, words: tuple[str, ...], form: str) -> str:
    name = " ".join(words)
    if not form:
        return name
    if company.country.order.startswith("form"):
        return f"{form} {name}"
    return f"{name}{form}" if form.startswith(",") else f"{name} {form}"


def _mistyped(rng: random.Random, name: str, place: int) -> str:
    place = min(place, len(name) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + name[place] + name[place:]
    if kind == 2:
        return name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :]
    return name[:place] + rng.choice("aeiorstnl") + name[place + 1 :]
