"""All cases: modules by theme, each function `nNN` one small company with its right figures."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType

from . import (
    cases_accounts,
    cases_books,
    cases_cash,
    cases_deals,
    cases_matching,
    cases_orders,
    cases_people,
    cases_rates,
)
from .ledger import Case
from .right import Right, Want
from .world import World

MODULES: tuple[ModuleType, ...] = (
    cases_deals,
    cases_orders,
    cases_accounts,
    cases_cash,
    cases_books,
    cases_rates,
    cases_people,
    cases_matching,
)


def functions() -> dict[str, Callable[[Case], Right]]:
    """The case functions by name, in order."""
    found = {
        name: function
        for module in MODULES
        for name, function in vars(module).items()
        if inspect.isfunction(function) and name[0] == "n" and name[1:].isdigit()
    }
    return dict(sorted(found.items()))


def why(function: Callable[[Case], Right]) -> str:
    """A case's docstring on one line."""
    return " ".join((function.__doc__ or "").split())


def build(only: tuple[str, ...] = ()) -> tuple[World, dict[str, Right]]:
    """The company of all cases (or of those named), and what is right for each."""
    world, right = World(), {}
    for name, function in functions().items():
        if not only or name in only:
            right[name] = function(Case(world, name))
    return world, right


def listed(only: tuple[str, ...] = ()) -> list[tuple[str, str, Want, str]]:
    """The right figures in the form of the list R of check_cases.py: case, name, want, why."""
    found = functions()
    return [
        (case, name, want, why(found[case]))
        for case, customers in build(only)[1].items()
        for name, want in customers
    ]
