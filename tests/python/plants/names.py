"""Names of companies and people that nobody takes for one another."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

TRADES = (
    "Castings Logistics Optics Foods Breweries Shipping Ceramics Textiles Robotics Packaging"
    " Instruments Quarries Aviation Dairies Printing Furniture Chemicals Rail Energy Clinics"
    " Hotels Museums Plastics Timber Laboratories Fisheries Batteries Turbines Glass Mining"
).split()
FORMS = {
    "GB": ("Ltd", "PLC"),
    "JE": ("Ltd",),
    "DE": ("GmbH",),
    "FR": ("SARL",),
    "US": ("Inc", "LLC"),
    "NO": ("AS",),
}
CITIES = (
    "Leeds Hull Bath York Derby Truro Perth Ripon Wells Ely Stoke Crewe Luton Poole Bury".split()
)
FIRST = (
    "Ada Bram Clio Dov Edda Finn Greta Hal Ines Jory Kit Lena Milo Nell Otto Pia Quin Rhea Sol Tess"
    " Una Vik Wren Xan Yara Zeb Aldo Bea Cyd Dree"
).split()
HEADS = "B Br C Cl D Dr F Fl G Gr H J K L M N P Pr Qu R S St T Tr V W Y Z".split()
VOWELS = "a e i o u ai ea ou".split()
MIDDLES = "l r n m v z d t k b st nd rg lm x gn".split()
TAILS = "ax el on ith and ock ume ert ash iva ong ald is ure owe ent ick umb arre esk".split()


class Names:
    """Companies that are far from each other, and people of whom no two are called alike, by
    seed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.words, self.people = rng, list[str](), set[str]()

    def made(self) -> str:
        """A made-up word."""
        parts = (HEADS, VOWELS, MIDDLES, VOWELS[:5], MIDDLES[:11], TAILS)
        return "".join(self.rng.choice(part) for part in parts)

    def far(self, word: str, limit: float) -> bool:
        """Whether no company is called nearly so."""
        for old in self.words:
            match = SequenceMatcher(None, word, old)
            if (
                match.real_quick_ratio() >= limit
                and match.quick_ratio() >= limit
                and match.ratio() >= limit
            ):
                return False
        return True

    def word(self) -> str:
        """A new word for a company; with many companies they come a little nearer."""
        for attempt in range(5000):
            word = self.made()
            if self.far(word, 0.62 + min(attempt, 60) / 400):
                self.words.append(word)
                return word
        raise RuntimeError("no more names")

    def company(self, country: str) -> tuple[str, str]:
        """A company's name and its form, apart."""
        return f"{self.word()} {self.rng.choice(TRADES)}", self.rng.choice(FORMS[country])

    def street(self) -> str:
        """A street and number."""
        return f"{self.rng.randint(1, 300)} {self.made()} Street"

    def person(self) -> str:
        """A person's full name."""
        while True:
            name = f"{self.rng.choice(FIRST)} {self.made()}"
            if name not in self.people:
                self.people.add(name)
                return name
