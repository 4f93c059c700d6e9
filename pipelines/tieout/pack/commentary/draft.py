"""A language model may find better words for a sentence; it never sees a name, and never writes a
figure.

Off unless `[commentary]` of `config.toml` names an OpenAI-compatible endpoint (`base_url`, `model`;
the key is `api_key` in `secrets.toml`). What it gets is the template with placeholders; what it
gives back must hold each of them and no figure of its own, or the template stands.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tieout.errors import TieoutError
from tieout.pack.commentary.figures import PLACE, Sentence, faults

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SECONDS = 20
LONGEST = 400

# Words of a direction; a draft may choose among those of its template's direction, and no other.
_UP = frozenset(
    {
        "more",
        "higher",
        "up",
        "above",
        "rise",
        "rises",
        "rose",
        "risen",
        "increase",
        "increased",
        "increases",
        "grew",
    }
    | {"grown", "grow", "gain", "gains", "gained", "adds", "added", "add", "climbed", "exceeds"}
)
_DOWN = frozenset(
    {
        "less",
        "fewer",
        "lower",
        "down",
        "below",
        "fall",
        "falls",
        "fell",
        "fallen",
        "decrease",
        "decreased",
        "drop",
    }
    | {
        "decreases",
        "shrank",
        "shrunk",
        "drops",
        "dropped",
        "lost",
        "loses",
        "takes",
        "taken",
        "take",
        "off",
    }
    | {"reduces", "reduced", "decline", "declined"}
)

_ASK = (
    "Rewrite the sentence for a finance director: plain, short, no opinion. Keep every placeholder in braces exactly"
    " as it is, each at least once. Write no digit, no number in words and no placeholder of your own. Keep whether"
    " something is more or less, added or taken off. Answer with the one sentence only."
)


@dataclass(frozen=True)
class Endpoint:
    """Where drafts come from."""

    base_url: str
    model: str
    api_key: str = ""


def endpoint(config: Path) -> Endpoint | None:
    """The endpoint that is configured, from files or `COMMENTARY__…` in the environment; None where
    there is none.

    Raises:
        TieoutError: only half of it is configured, or its address is no http address.
    """
    found: dict[str, str] = {}
    for name in ("config.toml", "secrets.toml"):
        if (config / name).exists():
            found |= tomllib.loads((config / name).read_text(encoding="utf-8-sig")).get(
                "commentary", {}
            )
    for key in ("base_url", "model", "api_key"):
        if value := os.environ.get(f"COMMENTARY__{key.upper()}"):
            found[key] = value
    if not found.get("base_url"):
        return None
    if urlsplit(found["base_url"]).scheme not in ("http", "https") or not found.get("model"):
        raise TieoutError(
            "the commentary's endpoint is not whole",
            "give base_url (http…) and model under [commentary] in config.toml",
        )
    return Endpoint(found["base_url"].rstrip("/"), found["model"], found.get("api_key", ""))


def drafted(sentences: list[Sentence], where: Endpoint) -> tuple[list[Sentence], list[str]]:
    """The sentences, redrafted where the draft passes the check, and why the others stayed as they
    were."""
    result: list[Sentence] = []
    remarks: list[str] = []
    for place, sentence in enumerate(sentences):
        try:
            draft = _ask(where, sentence.template)
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            remarks.append(
                f"no draft from {where.base_url}: {type(error).__name__}; the templates stand"
            )
            return [*result, *sentences[place:]], remarks
        wrong = faults(draft, sentence.figures, sentence.names) or turned(sentence, draft)
        if wrong or len(draft) > LONGEST or "\n" in draft:
            remarks.append(
                f"the draft on {sentence.topic} {wrong[0] if wrong else 'is no sentence'}; the template stands"
            )
            result.append(sentence)
        else:
            result.append(replace(sentence, template=draft, drafted=True))
    return result, remarks


def turned(sentence: Sentence, draft: str) -> list[str]:
    """What a draft with the right figures may still say wrongly: which figure is which, and which
    way things go."""
    figures = [name for name in PLACE.findall(sentence.template) if name in sentence.figures]
    told = list(dict.fromkeys(name for name in PLACE.findall(draft) if name in sentence.figures))
    if told != figures:
        return ["tells the figures in another order"]
    said, meant = (
        set(re.findall(r"[a-z]+", PLACE.sub("", text).lower()))
        for text in (draft, sentence.template)
    )
    for way in (_UP, _DOWN):
        if said & way and not meant & way:
            return [f"says “{min(said & way)}”, which the template does not"]
    return []


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key goes to the host that was configured, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Follows nothing: the redirect is an error, and the templates stand."""


_OPENER = urllib.request.build_opener(_NoRedirects)


def _ask(where: Endpoint, template: str) -> str:
    body = {
        "model": where.model,
        "temperature": 0,
        "messages": [{"role": "system", "content": _ASK}, {"role": "user", "content": template}],
    }
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        f"{where.base_url}/chat/completions",
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {where.api_key}"} if where.api_key else {}),
        },
    )
    with _OPENER.open(request, timeout=SECONDS) as answer:
        told: dict[str, Any] = json.loads(answer.read(1 << 20))
    return str(told["choices"][0]["message"]["content"]).strip()
