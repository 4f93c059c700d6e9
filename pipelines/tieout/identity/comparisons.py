"""What two customer records are compared by: Splink's settings before anything is trained."""

from __future__ import annotations

from typing import Any

RECORDS = 16_384
"""The number of records among which a link is as sure as its probability says: the frequency of a
value is counted records ÷ this, whatever the number at hand, so that a record more changes no
other's score."""


def _level(
    condition: str, label: str, term: str | None = None, *, is_null: bool = False
) -> dict[str, Any]:
    level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": label}
    if is_null:
        level["is_null_level"] = True
    if term:
        level |= {
            "tf_adjustment_column": term,
            "tf_adjustment_weight": 1.0,
            "disable_tf_exact_match_detection": True,
        }
    return level


def _comparison(name: str, *levels: dict[str, Any]) -> dict[str, Any]:
    other = {"sql_condition": "ELSE", "label_for_charts": "nothing of it agrees"}
    return {"output_column_name": name, "comparison_levels": [*levels, other]}


def _name_level(level: int) -> str:
    return f"name_level(names_l, names_r) = {level}"


_SAME_NUMBER = "house_number_l = house_number_r and coalesce(street_side_l = street_side_r, true)"
_SAME_STREET = (
    "(street_l = street_r or (least(length(street_l), length(street_r)) >= 5 and ("
    "starts_with(street_l, street_r) or starts_with(street_r, street_l)"
    " or jaro_winkler_similarity(street_l, street_r) >= 0.94 or damerau_levenshtein(street_l, street_r) <= 1)))"
)
"""But for slips, and for what stands behind it."""

COMPARISONS = [
    _comparison(
        "name",
        _level("name_key_l is null or name_key_r is null", "no name", is_null=True),
        _level(_name_level(7), "the same name", "name_key"),
        _level(_name_level(6), "the same letters", "core_word"),
        _level(_name_level(5), "the same but for slips and initials", "core_word"),
        _level(_name_level(4), "one has words more", "core_word"),
        _level(
            _name_level(3),
            "most of the shorter one shared, and words of their own on both sides",
            "core_word",
        ),
        _level(_name_level(2), "one is the other's initials"),
        _level(_name_level(1), "words shared, and words of their own on both sides"),
    ),
    _comparison(
        "address",
        _level(
            "coalesce(postal_code_l = postal_code_r, city_l = city_r,"
            " house_number_l || street_l = house_number_r || street_r)"
            " is null",
            "no address",
            is_null=True,
        ),
        _level(
            f"postal_code_l = postal_code_r and (({_SAME_NUMBER} and coalesce({_SAME_STREET}, true))"
            f" or (house_number_l is null and house_number_r is null and {_SAME_STREET}))",
            "the same door",
            "door",
        ),
        _level(
            f"{_SAME_NUMBER} and {_SAME_STREET} and coalesce(postal_code_l = postal_code_r or city_l = city_r"
            " or postal_area_l = postal_area_r, true)",
            "the same street and number",
            "door",
        ),
        _level(
            f"postal_code_l = postal_code_r and coalesce({_SAME_NUMBER}, true) and coalesce({_SAME_STREET}, true)",
            "the same postal code",
            "postal_code",
        ),
        _level(
            "city_l = city_r or postal_area_l = postal_area_r or postal_code_l = postal_code_r",
            "the same town",
        ),
    ),
    _comparison(
        "phone",
        _level("phone_tail_l is null or phone_tail_r is null", "no telephone", is_null=True),
        _level(
            "phone_l = phone_r or (phone_tail_l = phone_tail_r and (phone_l is null or phone_r is null)"
            " and coalesce(postal_code_l = postal_code_r or city_l = city_r or postal_area_l = postal_area_r, true))",
            "the same telephone",
            "phone_tail",
        ),
        _level(
            "damerau_levenshtein(phone_tail_l, phone_tail_r) <= 1",
            "one digit of the telephone differs",
        ),
    ),
    _comparison(
        "web",
        _level(
            "(domain_l is null or domain_r is null) and (free_email_l is null or free_email_r is null)",
            "no domain",
            is_null=True,
        ),
        _level("domain_l = domain_r", "the same domain", "domain"),
        _level("free_email_l = free_email_r", "the same address at a free provider"),
        _level(
            "domain_label_l = domain_label_r", "the same domain in another country", "domain_label"
        ),
    ),
    _comparison(
        "numbers",
        _level(
            "(tax_number_l is null or tax_number_r is null or tax_country_l <> tax_country_r)"
            " and (registration_number_l is null or registration_number_r is null)",
            "no number",
            is_null=True,
        ),
        _level(
            "(tax_number_l = tax_number_r and coalesce(tax_country_l = tax_country_r, true))"
            " or (registration_number_l = registration_number_r and coalesce(country_l = country_r, true))",
            "the same tax or register number",
        ),
        _level(
            "(damerau_levenshtein(tax_number_l, tax_number_r) <= 1 and coalesce(tax_country_l = tax_country_r, true))"
            " or damerau_levenshtein(registration_number_l, registration_number_r) <= 1",
            "one digit of a number differs",
        ),
    ),
    _comparison(
        "country",
        _level("country_l is null or country_r is null", "no country", is_null=True),
        _level("country_l = country_r", "the same country"),
    ),
    _comparison(
        "legal_form",
        _level("legal_forms_l is null or legal_forms_r is null", "no legal form", is_null=True),
        _level("list_has_any(legal_forms_l, legal_forms_r)", "the same legal form"),
    ),
]

TERMS = {
    "name_key": "cluster_id",
    "core_word": "cluster_id",
    "postal_code": "cluster_id",
    "door": "core_word",
    "phone_tail": "core_word",
    "domain": "core_word",
    "domain_label": "core_word",
}
"""The columns whose frequent values say less than rare ones, and by what they are counted: records
that are one already count once, and a door or a telephone is as frequent as the names that have it.
"""


def settings() -> dict[str, Any]:
    """Splink's settings, untrained. Pairs that the exact rules have joined already are not
    compared."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_id",
        "probability_two_random_records_match": 0.25 / RECORDS,
        "comparisons": COMPARISONS,
        "blocking_rules_to_generate_predictions": [
            {
                "blocking_rule": "l.block_keys = r.block_keys and l.cluster_id <> r.cluster_id",
                "sql_dialect": "duckdb",
                "arrays_to_explode": ["block_keys"],
            }
        ],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "additional_columns_to_retain": [],
    }
