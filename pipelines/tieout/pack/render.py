"""Turns figures into pages and data files. Whatever comes from data is shown, never obeyed."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

HERE = Path(__file__).parent


def environment() -> Environment:
    """Templates that escape everything, and stop at a name that nobody gave them."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(money=money, count=count, named=named, words=words, day=day)
    return made


def write_page(made: Environment, folder: Path, name: str, template: str, **given: Any) -> None:
    """Writes one page; `given` is what its template shows."""
    page = made.get_template(template).render(page=name, **given)
    (folder / name).write_text(page, encoding="utf-8")


def write_data(folder: Path, name: str, content: object, packed: bool = False) -> None:
    """Writes a script that hands `content` to the pages as `TIEOUT.data[name]`.

    A script, since a page opened from disk may not read files. Amounts become text: a JavaScript
    number would be a floating-point one. `packed` is for what a page loads when somebody asks for
    it: the same JSON, compressed (zlib, base64), a tenth of the size; `Pack.load` unpacks it.
    """
    text = json.dumps(content, default=plain, ensure_ascii=True, separators=(",", ":"))
    if packed:
        place, told = (
            "packed",
            json.dumps(b64encode(zlib.compress(text.encode("ascii"))).decode("ascii")),
        )
    else:
        # Inert even where somebody pastes it into a page.
        place, told = (
            "data",
            text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
        )
    path = folder / "data" / f"{name}.js"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"window.TIEOUT=window.TIEOUT||{{data:{{}},packed:{{}}}};TIEOUT.{place}[{json.dumps(name)}]={told};\n",
        encoding="ascii",
    )


def plain(value: object) -> str:
    """A value as JSON text: amounts exactly, days and moments in ISO form."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a page's data")


def money(amount: Decimal | None) -> Markup:
    """An amount with thousands separators, exactly; what is negative is marked so that nobody
    overlooks it."""
    if amount is None:
        return Markup('<span class="none">–</span>')
    text = f"{amount:,.2f}"
    return Markup('<span class="{}">{}</span>').format(
        "amount neg" if amount < 0 else "amount", text
    )


def count(number: int | None) -> str:
    """A count with thousands separators."""
    return "–" if number is None else f"{number:,}"


def named(name: object) -> Markup:
    """A name from data, kept from turning round the text beside it."""
    return Markup("<bdi>{}</bdi>").format("–" if name is None or name == "" else name)


def words(identifier: object) -> str:
    """An identifier as words: past_billing_window is past billing window."""
    return str(identifier).replace("_", " ")


def day(value: date | datetime | None) -> Markup:
    """A day as people write it, sortable as machines do."""
    if value is None:
        return Markup('<span class="none">–</span>')
    return Markup('<time datetime="{}">{} {}</time>').format(
        f"{value:%Y-%m-%d}", value.day, escape(f"{value:%b %Y}")
    )
