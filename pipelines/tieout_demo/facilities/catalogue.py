"""What Northgate sells, who sells it and who does the work."""

from __future__ import annotations

from decimal import Decimal

from tieout_demo.facilities import names
from tieout_demo.facilities.basics import dice
from tieout_demo.facilities.model import Owner, Person, Product

SKILLS = ("hvac", "electrical", "fire", "plumbing", "fabric", "cleaning")
RARE_SKILL = "rope_access"
_TRADES = {
    "hvac": "HVAC",
    "electrical": "Electrical",
    "fire": "Fire safety",
    "plumbing": "Plumbing",
    "fabric": "Fabric",
    "cleaning": "Cleaning",
}
_LABOUR = {"hvac": 58, "electrical": 62, "fire": 66, "plumbing": 54, "fabric": 46, "cleaning": 38}
LABOUR_COST_PCT = 45
"""What an hour of engineers costs of a hundred that it is charged at, one with another: 42 to 50."""
_PROJECTS = {
    "hvac": ("Chiller replacement", "Air handling upgrade"),
    "electrical": ("LED relighting", "Distribution board renewal"),
    "fire": ("Alarm panel upgrade", "Sprinkler overhaul"),
    "plumbing": ("Boiler replacement", "Water hygiene works"),
    "fabric": ("Roof repair", "Office refit"),
    "cleaning": ("Façade clean", "Deep clean"),
}
_GOODS = {
    "hvac": (("Filter set G4", "42"), ("Fan coil unit", "310"), ("Refrigerant R32, kg", "28")),
    "electrical": (
        ("LED panel 600x600", "36"),
        ("Cable tie, 200 mm", "0.1275"),
        ("RCBO 32 A", "24"),
    ),
    "fire": (("Smoke detector", "31"), ("Extinguisher CO2", "58"), ("Escape sign", "12")),
    "plumbing": (("Circulator pump", "185"), ("Thermostatic valve", "22"), ("Pipe clip", "0.3350")),
    "fabric": (("Door closer", "48"), ("Acoustic tile", "9"), ("Entrance mat", "76")),
    "cleaning": (("Floor pad, box", "27"), ("Hand soap, case", "19"), ("Window pole", "64")),
}
# The escape sign is zero rated and the insulation-like tile reduced, so that every rate occurs.
_TAX = {"Escape sign": "zero", "Acoustic tile": "reduced", "Thermostatic valve": "reduced"}
OUTPUT_TAX = {"standard": "OUTPUT2", "reduced": "RROUTPUT", "zero": "ZERORATEDOUTPUT"}
TAX_PCT = {
    "OUTPUT2": 20,
    "RROUTPUT": 5,
    "ZERORATEDOUTPUT": 0,
    "ECZROUTPUT": 0,
    "NONE": 0,
    "INPUT2": 20,
}


def products() -> list[Product]:
    made: list[Product] = []

    def add(
        prefix: str,
        name: str,
        category: str,
        unit: str,
        price: Decimal,
        cost: Decimal,
        skill: str,
        account: str,
    ) -> None:
        number = len(made) + 1
        made.append(
            Product(
                str(3_400_000 + number * 11),
                f"{prefix}-{number:03d}",
                name,
                category,
                unit,
                price,
                cost,
                _TAX.get(name, "standard"),
                skill,
                account,
                tariff=number % 9 == 4,
            )
        )

    for skill in SKILLS:
        trade, rate = _TRADES[skill], Decimal(_LABOUR[skill])
        hour = rate * LABOUR_COST_PCT / 100
        add("LAB", f"{trade} engineer, hour", "Labour", "hour", rate, hour, skill, "210")
        add("DAY", f"{trade} engineer, day", "Labour", "day", rate * 8, hour * 8, skill, "210")
        add(
            "MNT",
            f"{trade} maintenance, month",
            "Maintenance",
            "month",
            rate * 12,
            rate * 6,
            skill,
            "200",
        )
        for project in _PROJECTS[skill]:
            add("PRJ", project, "Projects", "lot", rate * 90, rate * 48, skill, "220")
        for goods, price in _GOODS[skill]:
            add(
                "MAT",
                goods,
                "Materials",
                "each",
                Decimal(price),
                (Decimal(price) * 58 / 100).quantize(Decimal("0.0001")),
                skill,
                "230",
            )
    return made


def by_skill(
    products_: list[Product], skill: str, category: str, unit: str | None = None
) -> list[Product]:
    return [
        p
        for p in products_
        if p.skill == skill and p.category == category and (unit is None or p.unit == unit)
    ]


def owners(seed: int, count: int) -> list[Owner]:
    made = []
    for number in range(count):
        first, last = names.person(dice(seed, "owner", number))
        made.append(
            Owner(
                str(71_000_000 + number * 13),
                first,
                last,
                f"{first}.{last}{number}@northgate-facilities.example".lower().replace("'", ""),
                ("North", "South", "Europe", "Key accounts")[number % 4],
                archived=number == count - 1 and count > 4,
            )
        )
    return made


def staff(seed: int, weekly_hours: dict[str, Decimal]) -> list[Person]:
    """Managers first, then for each skill as many engineers as its busiest week needs, and a
    quarter more."""
    made: list[Person] = []

    def add(title: str, team: str, skill: str, cost: Decimal, boss: int | None) -> None:
        number = 501 + len(made)
        first, last = names.person(dice(seed, "staff", number))
        made.append(
            Person(
                number,
                f"{first} {last}",
                f"{first}.{last}{number}@northgate-facilities.example".lower().replace("'", ""),
                title,
                team,
                ("North", "South", "Europe")[number % 3],
                skill,
                cost,
                boss,
            )
        )

    for skill in SKILLS:
        add("Operations manager", _TRADES[skill], skill, Decimal("41.00"), None)
    for index, skill in enumerate(SKILLS):
        heads = max(3, int(weekly_hours.get(skill, Decimal(0)) * 5 / 4 / 36) + 1)
        for number in range(heads):
            rate = Decimal(_LABOUR[skill])
            cost = (rate * (42 + number % 9) / 100).quantize(Decimal("0.01"))
            add(
                "Senior engineer" if number % 4 == 0 else "Engineer",
                _TRADES[skill],
                skill,
                cost,
                made[index].number,
            )
    add("Rope access technician", "Specialists", RARE_SKILL, Decimal("33.00"), made[4].number)
    return made
