"""Lists that say nothing but names and a country: many spellings of one company, and companies that
are two."""

from __future__ import annotations

import csv

import duckdb
import pytest

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build

OWN_TESTS = ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]

ONE = {
    # A form that stands once beside one that stands ten times, and the first letter of one.
    "weverij": (
        *("Van Houten Weverij N.V.",) * 4, *("VAN HOUTEN WEVERIJ NV",) * 3, "Van Houten Weverij, N. V.",
        "van Houten weverij nv", "Van Houten Weverij NV.", "VAN HOUTEN WEVERIJ B.V.", "VAN HOUTEN WEVERIJ N",
        "Van Houten Weverij Inc.", "VAN HOUTENWEVERIJ N.V.",
    ),
    # A slip in a word that forty records have: all of one name.
    "papier": (
        *("Oldenzaal Papierfabriek B.V.",) * 9, *("OLDENZAAL PAPIERFABRIEK BV",) * 9, "Oldenzaal Papierfabirek B.V.",
        "OLDENZAAL PAPIERFABREIK BV", "Oldenzal Papierfabriek B.V.",
    ),
    "lely": (*("C. van der Leer N.V.",) * 3, "C. vander Leer N.V.", "C. VAN DER LEER NV"),
    # A form written out in the old spelling behind itself, and the seat of a Dutch register.
    "chemie": (
        *("Kampen Chemie N.V.",) * 4, "KAMPEN CHEMIE NV NAAMLOOZE VENNOOTSCHAP", "Kampen Chemie N.V. te Kampen",
        "Kampen Chemie N.V. gevestigd te Kampen",
    ),
    # A Swiss company in a list of another country, with its partners named before the form or not.
    "latour": (
        *("H. Hoffmeyer-La Tour AG",) * 2, "H. HOFFMEYER-LA TOUR & CO. AG", "H. Hoffmeyer-La Tour (& Co.) (AG)",
        "H. HOFFMEYER-LA TOUR & CO. AKTIENGESELLSCHAFT",
    ),
    # An index of names puts the family's name first, with the form behind it.
    "index": (*("Robert Veldhuis GmbH",) * 3, "VELDHUIS GMBH ROBERT"),
    # One slip beside many, whose forms differ: how often the spelling is written counts, not how
    # often with which form.
    "forms": (
        *("Stellar Microwave N.V.",) * 3, *("STELLAR MICROWAVE NV",) * 3, "Stellar Microwave S.A.", "Stellar Microwave",
        "Stellar Micorwave",
    ),
    # The same letters, and words so frequent that the score alone would not keep the pair.
    "parted": (
        *("KLM I.P. Assets B.V.",) * 12, *("KLM IP ASSETS BV",) * 12, "KLMIP ASSETS N.V.", "KLM I P ESSETS B.V.",
    ),
    "singer": (*("The Stitcher Company N.V.",) * 5, "The Stitcher N.V."),
}  # fmt: skip
TWO = {
    # Each form is written often: two companies, and a person says so.
    "brandhorst": (("Brandhorst Bau GmbH",) * 4, ("Brandhorst Bau GmbH & Co. KG",) * 3),
    "hall": (("Hall A Trading Ltd",) * 6, ("Hall B Trading Ltd",) * 6),
    "field": (("Westfield Catering Ltd",) * 6, ("Eastfield Catering Ltd",)),
    "fund": (("Meridian Fund II LP",) * 6, ("Meridian Fund III LP",)),
    # What stands behind a form may be where it is, or another company.
    "north": (("Meyerhoff GmbH",) * 6, ("Meyerhoff GmbH Nord",)),
}
COUNTRY = {"brandhorst": "DE", "hall": "GB", "field": "GB", "fund": "GB", "north": "DE"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("lists")
    rows = [
        {"customer_id": f"{group}-0-{place}", "customer_name": name, "country": "NL"}
        for group, names in ONE.items()
        for place, name in enumerate(names)
    ]
    rows += [
        {"customer_id": f"{group}-{side}-{place}", "customer_name": name, "country": COUNTRY[group]}
        for group, sides in TWO.items()
        for side, names in enumerate(sides)
        for place, name in enumerate(names)
    ]
    (folder / "imports" / "list").mkdir(parents=True)
    with (folder / "imports" / "list" / "customers.csv").open(
        "w", encoding="utf-8", newline=""
    ) as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    settings = Settings(
        output=folder / "warehouse", systems=("imports",), imports=folder / "imports"
    )
    settings.prepare()
    land(["imports"], settings.imports, settings.config, settings.output)
    build(settings, lambda *_: None, ["+xref_customer", *OWN_TESTS])
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        return dict(
            connection.execute("select source_id, customer_key from marts.xref_customer").fetchall()
        )


@pytest.mark.parametrize("group", ONE)
def test_many_spellings_are_one(keys: dict[str, str], group: str) -> None:
    spelled = {name: keys[f"{group}-0-{place}"] for place, name in enumerate(ONE[group])}
    assert len(set(spelled.values())) == 1, spelled


@pytest.mark.parametrize("group", TWO)
def test_two_companies_stay_two(keys: dict[str, str], group: str) -> None:
    sides = [
        {key for record, key in keys.items() if record.startswith(f"{group}-{side}-")}
        for side in (0, 1)
    ]
    assert not sides[0] & sides[1]
    assert all(len(side) == 1 for side in sides)
