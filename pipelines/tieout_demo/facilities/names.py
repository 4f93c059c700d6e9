"""Company and person names, and the ways in which a second and a third system spell them."""

from __future__ import annotations

import random

from tieout_demo.facilities.basics import chance, pick

FIRST_PARTS = [
    "Ashford",
    "Brackley",
    "Calder",
    "Dunmore",
    "Eastgate",
    "Fairholm",
    "Garrick",
    "Hollin",
    "Inver",
    "Jarrow",
    "Kestrel",
    "Langdale",
    "Marlow",
    "Nettleton",
    "Orwell",
    "Penrose",
    "Quarry",
    "Redcar",
    "Selby",
    "Thornbury",
    "Ulver",
    "Verwood",
    "Wexham",
    "Yardley",
    "Zennor",
    "Aldous",
    "Beacon",
    "Cobalt",
    "Drake",
    "Ember",
    "Falcon",
    "Granite",
    "Harbour",
    "Ivory",
    "Juniper",
    "Kingsway",
    "Lantern",
    "Meridian",
    "Northam",
    "Oakfield",
    "Pembroke",
    "Quill",
    "Ridgeway",
    "Summit",
    "Tamar",
    "Umber",
    "Vantage",
    "Westbrook",
    "Alpine",
    "Birch",
    "Cedar",
    "Delta",
    "Elm",
    "Foxglove",
    "Glenmore",
    "Hazel",
    "Island",
    "Juno",
    "Kelso",
    "Linden",
    "Mistral",
    "Nimbus",
    "Onyx",
    "Pilgrim",
    "Rowan",
    "Saffron",
    "Tern",
]
SECOND_PARTS = [
    "Logistics",
    "Retail",
    "Foods",
    "Hotels",
    "Property",
    "Estates",
    "Schools Trust",
    "Healthcare",
    "Packaging",
    "Engineering",
    "Print",
    "Leisure",
    "Breweries",
    "Motors",
    "Insurance",
    "Media",
    "Textiles",
    "Chemicals",
    "Studios",
    "Housing",
    "Laboratories",
    "Care Homes",
    "Data Centres",
    "Furniture",
    "Aviation",
    "Shipping",
    "Dairies",
]
GIVEN = [
    "Amara",
    "Ben",
    "Chloe",
    "Dev",
    "Ewa",
    "Farid",
    "Grace",
    "Hamza",
    "Isla",
    "Jonas",
    "Katya",
    "Liam",
    "Mei",
    "Niamh",
    "Owen",
    "Priya",
    "Quentin",
    "Rosa",
    "Samir",
    "Tess",
    "Uma",
    "Viktor",
    "Wendy",
    "Ximena",
    "Yusuf",
    "Zoe",
    "Anders",
    "Bronagh",
    "Cédric",
    "Dagny",
]
FAMILY = [
    "Adeyemi",
    "Brook",
    "Carlsen",
    "Doyle",
    "Evans",
    "Fischer",
    "Gallagher",
    "Hughes",
    "Ito",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Novak",
    "O'Connor",
    "Patel",
    "Quinn",
    "Rossi",
    "Singh",
    "Turner",
    "Usman",
    "Varga",
    "Whitfield",
    "Xu",
    "Young",
    "Zieliński",
    "Müller",
    "Baxter",
    "Chaudhry",
    "Dunne",
]
LEGAL_FORMS = {
    "GB": (("Ltd", 60), ("Limited", 15), ("PLC", 15), ("LLP", 10)),
    "IE": (("Ltd", 60), ("DAC", 40)),
    "DE": (("GmbH", 75), ("AG", 25)),
    "NL": (("B.V.", 85), ("N.V.", 15)),
    "FR": (("SARL", 50), ("SAS", 50)),
    "US": (("Inc.", 60), ("LLC", 30), ("Corp.", 10)),
    "CH": (("AG", 60), ("GmbH", 40)),
}
_LONG_FORMS = {
    "Ltd": "Limited",
    "Limited": "Ltd.",
    "PLC": "plc",
    "B.V.": "BV",
    "Inc.": "Incorporated",
    "GmbH": "Gmbh",
    "LLC": "L.L.C.",
}
_SHORT_WORDS = {
    "Engineering": "Eng.",
    "Logistics": "Logistic",
    "Properties": "Props",
    "Property": "Prop",
    "Healthcare": "Health Care",
    "Laboratories": "Labs",
    "Schools Trust": "Schools' Trust",
    "Data Centres": "Datacentres",
    "Insurance": "Ins.",
    "Shipping": "Shpg",
}
# Names that try to be code, markup or layout: every reader of the warehouse meets them.
HOSTILE = (
    '=HYPERLINK("http://example.invalid","Click") Ltd',
    "<script>alert('northgate')</script> Catering Ltd",
    'O\'Malley & "Sons" Ltd',
    "Robert'); DROP TABLE clients;-- Ltd",
    "\u202eedils\u202c Signs Ltd",
    "Café 🧊 Ice Rinks Ltd",
    "+44 Cleaning, Windows; Gutters Ltd",
    "<b>Bold</b> & Partners LLP",
    "@SUM(A1:A9) Trading Ltd",
    "Ænima |pipe| Breweries A/S",
    "Zero\u200bWidth Holdings Ltd",
    "Tab\tand Comma, Motors Ltd",
)


def company(rng: random.Random, country: str) -> tuple[str, str]:
    """A trading name and its legal form."""
    name = f"{rng.choice(FIRST_PARTS)} {rng.choice(SECOND_PARTS)}"
    if chance(rng, 22):
        name = f"{rng.choice(FIRST_PARTS)} {name}"
    return name, pick(rng, LEGAL_FORMS[country])


def person(rng: random.Random) -> tuple[str, str]:
    return rng.choice(GIVEN), rng.choice(FAMILY)


# As some write a customer of theirs, and as a sister company writes itself.
BRANCH = "(UK)"


def respelled(rng: random.Random, name: str, form: str) -> str:
    """The name as somebody else would type it, one change at a time: form, case, abbreviation,
    punctuation."""
    how = pick(
        rng,
        (
            ("same", 26),
            ("no form", 16),
            ("long form", 16),
            ("upper", 10),
            ("short word", 14),
            ("group", 6),
            ("comma", 6),
            ("the", 6),
        ),
    )
    full = f"{name} {form}"
    if how == "no form":
        return name
    if how == "long form":
        return f"{name} {_LONG_FORMS.get(form, form)}"
    if how == "upper":
        return full.upper()
    if how == "short word":
        for word, short in _SHORT_WORDS.items():
            if word in name:
                return f"{name.replace(word, short)} {form}"
        return full.replace(" ", "  ", 1)
    return {
        "same": full,
        "group": f"{name} {BRANCH} {form}",
        "comma": f"{name}, {form}",
        "the": f"The {full}",
    }[how]


def mistyped(rng: random.Random, name: str) -> str:
    """Two neighbouring letters swapped, or one dropped; the first three stay, as people check how a
    name begins."""
    if len(name) < 8:
        return name
    spot = rng.randrange(3, len(name) - 2)
    if chance(rng, 50):
        return name[:spot] + name[spot + 1 :]
    return name[:spot] + name[spot + 1] + name[spot] + name[spot + 2 :]
