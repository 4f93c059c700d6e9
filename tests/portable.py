"""Finds SQL that another engine would read otherwise than DuckDB, without an error that says so.

python tests/portable.py             compiles the project in memory, without data; prints each place
it finds python tests/portable.py FOLDER      also writes each function of the engine there, as a
file for sqlfluff

What is compiled is read (models, tests, the engine's functions), so what macros write is held to
the rules as well. What macros exist to hide (types, patterns, functions of one engine) is looked
for in the models' own text.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlglot
from dbt.cli.main import dbtRunner
from sqlglot import exp
from sqlglot.tokens import Token, TokenType

PROJECT = Path(__file__).parents[1]
# Names are cleaned by calls inside calls, more than a hundred deep.
sys.setrecursionlimit(20_000)
DECIMAL = re.compile(
    r"(_quantity|_rate|_amount|_pct|_hours|_price|^quantity|^amount|^rate|^price|^value)$"
)
"""A column of these names is no whole number (docs: suffixes are types)."""

Finding = tuple[str, str]
"""A rule, and the place that breaks it."""


def not_in_a_query(tree: exp.Expression) -> Iterator[str]:
    """`x not in (select …)` is null where the query gives a null, and engines take that
    differently: `not exists`."""
    for node in tree.find_all(exp.Not):
        inside = node.this.unnest()
        if isinstance(inside, exp.In) and inside.args.get("query"):
            yield node.sql("duckdb")
    for node in tree.find_all(exp.NEQ):
        if isinstance(node.expression, exp.All):
            yield node.sql("duckdb")


def unordered_numbers(tree: exp.Expression) -> Iterator[str]:
    """Rows are numbered, or looked at before and after, in an order of some kind."""
    ordered = (
        exp.RowNumber,
        exp.Lag,
        exp.Lead,
        exp.FirstValue,
        exp.LastValue,
        exp.Rank,
        exp.DenseRank,
        exp.Ntile,
    )
    for node in tree.find_all(exp.Window):
        function = node.this.this if isinstance(node.this, exp.IgnoreNulls) else node.this
        named = isinstance(function, exp.Anonymous) and function.name.lower() in (
            "rank",
            "dense_rank",
            "ntile",
        )
        if (isinstance(function, ordered) or named) and not _order(node):
            yield node.sql("duckdb")


def _order(window: exp.Window) -> exp.Expression | None:
    """What a window is ordered by, itself or the one that it names."""
    if not window.args.get("order") and (name := window.alias):
        select = window.find_ancestor(exp.Select)
        named = (
            each
            for each in (select.args.get("windows") or [] if select else [])
            if each.name == name
        )
        return next((order for each in named if (order := each.args.get("order"))), None)
    return window.args.get("order")


def largest_by_one_key(tree: exp.Expression) -> Iterator[str]:
    """`max_by(x, y)` takes any x of the largest y: `position`, a row_number, leaves one."""
    for node in tree.find_all(exp.ArgMax, exp.ArgMin):
        if node.expression.name != "position":
            yield node.sql("duckdb")
    # So that the name keeps its promise.
    for node in tree.find_all(exp.Alias):
        if node.alias == "position" and not isinstance(node.this, (exp.Column, exp.Literal)):
            window = node.this
            if not (isinstance(window, exp.Window) and isinstance(window.this, exp.RowNumber)):
                yield node.sql("duckdb")


def unrounded_whole_numbers(tree: exp.Expression) -> Iterator[str]:
    """A decimal or double that is cast to a whole number is rounded by one engine and cut by
    another: `round` first."""
    whole = (
        exp.DataType.Type.INT,
        exp.DataType.Type.BIGINT,
        exp.DataType.Type.INT128,
        exp.DataType.Type.SMALLINT,
    )
    for node in tree.find_all(exp.Cast):
        if node.to.this in whole and not _is_whole(node.this):
            yield node.sql("duckdb")


def _is_whole(node: exp.Expression) -> bool:
    """Whether nothing in an expression can leave a part behind the point, as far as its text
    tells."""
    node = node.unnest()
    if isinstance(node, (exp.Round, exp.Floor, exp.Ceil)):
        return node.args.get("decimals") is None
    if isinstance(
        node, (exp.Count, exp.Length, exp.Extract, exp.DateDiff, exp.Sign)
    ) or _in_smallest_units(node):
        return True
    if isinstance(node, exp.Cast):
        return not _scale(node)
    parts = (child for child in node.iter_expressions() if not isinstance(child, exp.DataType))
    return not _has_decimals(node) and all(_is_whole(part) for part in parts)


def _has_decimals(node: exp.Expression) -> bool:
    """Whether an expression by itself gives decimals, or is a column whose name says so."""
    if isinstance(node, exp.Column):
        return DECIMAL.search(node.name) is not None
    if isinstance(node, exp.Literal):
        return not node.is_string and "." in node.name
    return isinstance(node, (exp.Median, exp.Avg, exp.Div, exp.Quantile))


def _in_smallest_units(node: exp.Expression) -> bool:
    """A decimal times what makes its smallest unit one: decimal(38, 2) × 100."""
    if not isinstance(node, exp.Mul) or not isinstance(node.this, exp.Cast):
        return False
    units = node.expression.find(exp.Literal)
    return units is not None and int(units.name) == 10 ** _scale(node.this)


def _scale(node: exp.Cast) -> int:
    """The decimals of the type that something is cast to; doubles count as one."""
    if node.to.is_type("double", "float"):
        return 1
    if node.to.is_type("decimal"):
        parameters = node.to.expressions
        return int(parameters[1].name) if len(parameters) > 1 else 0
    return 0


def whole_defaults_of_neighbours(tree: exp.Expression) -> Iterator[str]:
    """`lag(x, 1, 0)` of a decimal is a double on some engines: the default is cast to what x is."""
    for node in tree.find_all(exp.Lag, exp.Lead):
        default = node.args.get("default")
        if isinstance(default, (exp.Literal, exp.Neg)) and not default.is_string:
            yield node.sql("duckdb")


def signs_that_multiply(tree: exp.Expression) -> Iterator[str]:
    """`sign` of a decimal is a double on some engines, and so is what it is multiplied by: it is
    cast to a whole number, or compared with another."""
    for node in tree.find_all(exp.Sign):
        around = node.find_ancestor(exp.Cast, exp.Select)
        is_whole = isinstance(around, exp.Cast) and not _scale(around)
        if not is_whole and not isinstance(node.parent, (exp.EQ, exp.NEQ)):
            yield node.sql("duckdb")


def text_of_a_truncated_date(tree: exp.Expression) -> Iterator[str]:
    """What `date_trunc` gives is a date here and a timestamp there, and their texts differ: cast it
    to a date."""
    for node in tree.find_all(exp.DateTrunc, exp.TimestampTrunc):
        if not (isinstance(node.parent, exp.Cast) and node.parent.to.is_type("date")):
            yield node.sql("duckdb")


def nested_generators(tree: exp.Expression) -> Iterator[str]:
    """What gives a row for each of many stands alone in the select list."""
    for node in tree.find_all(exp.Explode, exp.Unnest):
        parent = node.parent
        if isinstance(parent, exp.Alias):
            parent = parent.parent
        # DuckDB's days of a series are timestamps: the macro casts them.
        if (
            isinstance(parent, exp.Cast)
            and parent.to.is_type("date")
            and node.find(exp.GenerateSeries, exp.GenerateDateArray)
        ):
            parent = parent.parent.parent if isinstance(parent.parent, exp.Alias) else parent.parent
        if not isinstance(parent, (exp.Select, exp.From, exp.Join, exp.Lateral)):
            yield node.parent.sql("duckdb")


def aggregates_in_windows(tree: exp.Expression) -> Iterator[str]:
    """A window over groups takes a subquery."""
    for window in tree.find_all(exp.Window):
        parts = [
            *window.args.get("partition_by", []),
            *([window.args["order"]] if window.args.get("order") else []),
        ]
        parts += list(window.this.iter_expressions())
        for part in parts:
            if any(_is_of_a_group(node) for node in part.find_all(exp.AggFunc)):
                yield window.sql("duckdb")
                break


def _is_of_a_group(node: exp.AggFunc) -> bool:
    return not isinstance(
        node.parent, (exp.Window, exp.IgnoreNulls, exp.Filter)
    ) and not node.find_ancestor(exp.Subquery)


def continued_windows(tree: exp.Expression) -> Iterator[str]:
    """A named window that is continued (`over (named order by …)`) is no window elsewhere: name a
    second one."""
    for window in tree.find_all(exp.Window):
        continued = window.args.get("order") or window.args.get("spec")
        if window.alias and (continued or window.args.get("partition_by")):
            yield window.sql("duckdb")


def calls_in_rows_of_values(tree: exp.Expression) -> Iterator[str]:
    """What stands in the rows of `values` is a literal: an engine works nothing out there."""
    for values in tree.find_all(exp.Values):
        for call in values.find_all(exp.Func):
            if not isinstance(call, exp.Cast):
                yield call.sql("duckdb")


def columns_given_twice(tree: exp.Expression) -> Iterator[str]:
    """Of two columns of one name, an engine takes either, or refuses both."""
    for select in tree.find_all(exp.Select):
        if isinstance(select.parent, exp.SetOperation) and select.parent.expression is select:
            continue  # the first of a union names the columns
        given = (
            column for column in select.expressions if isinstance(column, (exp.Alias, exp.Column))
        )
        names = [column.alias_or_name.lower() for column in given if not column.is_star]
        for name in sorted({name for name in names if name and names.count(name) > 1}):
            yield f"{name} in: {select.sql('duckdb')}"


Columns = Mapping[str, "list[str] | None"]
"""The columns of relations by name; none where nothing tells them."""


def columns_given_twice_behind_a_star(tree: exp.Expression, known: Columns) -> Iterator[str]:
    """A star gives all that its relation has: a column of the same name beside it is a second."""
    twice: list[str] = []
    given_columns(tree, known, twice)
    yield from dict.fromkeys(twice)


def given_columns(
    tree: exp.Expression, known: Columns, twice: list[str] | None = None
) -> list[str] | None:
    """The columns that a query gives, as far as the relations that it reads are known.

    Args:
        tree: a query.
        known: the columns of the relations that it may read.
        twice: takes what is given twice and needs a star for it.
    """
    own = dict(known)
    for cte in tree.ctes:
        own[cte.alias.lower()] = given_columns(cte.this, own, twice)
    query = tree.unnest()
    if query is not tree:
        return given_columns(query, own, twice)
    if isinstance(query, exp.SetOperation):
        first = given_columns(query.this, own, twice)
        given_columns(query.expression, own, None if twice is None else [])
        return first
    if not isinstance(query, exp.Select):
        return None
    read = {
        source.alias_or_name.lower(): _columns_of(source, own, twice) for source in _sources(query)
    }
    names, whole, stars = [], True, set()
    for column in query.expressions:
        if not column.is_star or isinstance(column, exp.Count):
            names.append(column.alias_or_name.lower())
            continue
        star = column.this if isinstance(column, exp.Column) else column
        left_out = {each.name.lower() for each in star.args.get("except_") or []}
        behind = [column.table.lower()] if isinstance(column, exp.Column) else list(read)
        for name in behind:
            found = [each for each in read.get(name) or [] if each not in left_out]
            whole = whole and read.get(name) is not None
            names += found
            stars.update(found)
    if twice is not None:
        double = {name for name in stars if names.count(name) > 1}
        twice += [f"{name} in: {query.sql('duckdb')}" for name in sorted(double)]
    return names if whole else None


def _sources(select: exp.Select) -> list[exp.Expression]:
    from_ = select.args.get("from_")
    joins = [join.this for join in select.args.get("joins") or [] if not join.args.get("using")]
    return [*([from_.this] if from_ else []), *joins]


def _columns_of(
    source: exp.Expression, known: Columns, twice: list[str] | None
) -> list[str] | None:
    if isinstance(source, exp.Subquery):
        return given_columns(source.this, known, twice)
    return known.get(_relation(source)) if isinstance(source, exp.Table) else None


def _relation(table: exp.Table) -> str:
    """A table's name, with its schema where it has one."""
    return ".".join(part for part in (table.db, table.name) if part).lower()


RULES: tuple[Callable[[exp.Expression], Iterator[str]], ...] = (
    not_in_a_query,
    unordered_numbers,
    largest_by_one_key,
    unrounded_whole_numbers,
    whole_defaults_of_neighbours,
    signs_that_multiply,
    text_of_a_truncated_date,
    nested_generators,
    aggregates_in_windows,
    continued_windows,
    calls_in_rows_of_values,
    columns_given_twice,
)
"""What is read from the tree of a statement."""


def order_without_nulls(tokens: list[Token]) -> Iterator[str]:
    """Where nulls come is each engine's own: every key of an `order by` says `nulls first` or
    `nulls last`."""
    for start, token in enumerate(tokens):
        if token.token_type != TokenType.ORDER_BY:
            continue
        depth, key = 0, []
        for follower in tokens[start + 1 :]:
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(follower.token_type, 0)
            ends = depth < 0 or (depth == 0 and follower.token_type in ENDS)
            if ends or (depth == 0 and follower.token_type == TokenType.COMMA):
                if key[-2:] not in (["nulls", "first"], ["nulls", "last"]):
                    yield " ".join(key)
                key = []
                if ends:
                    break
            else:
                key.append(follower.text.lower())
        else:
            if key and key[-2:] not in (["nulls", "first"], ["nulls", "last"]):
                yield " ".join(key)


ENDS = {
    TokenType.ROWS, TokenType.RANGE, TokenType.LIMIT, TokenType.UNION, TokenType.QUALIFY, TokenType.SEMICOLON,
}  # fmt: skip


def trimmed_by_position(tokens: list[Token]) -> Iterator[str]:
    """`ltrim(x, '0')` has its arguments the other way round elsewhere: `trim(leading '0' from
    x)`."""
    for start, token in enumerate(tokens[:-1]):
        if (
            token.text.lower() not in ("ltrim", "rtrim", "trim")
            or tokens[start + 1].token_type != TokenType.L_PAREN
        ):
            continue
        depth = 0
        for end in range(start + 1, len(tokens)):
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(tokens[end].token_type, 0)
            if depth == 0:
                break
            if depth == 1 and tokens[end].token_type == TokenType.COMMA:
                yield " ".join(each.text for each in tokens[start : end + 2])
                break


TOKEN_RULES: tuple[Callable[[list[Token]], Iterator[str]], ...] = (
    order_without_nulls,
    trimmed_by_position,
)
"""What a tree does not keep."""

OF_ONE_ENGINE = re.compile(
    r"\b(string_agg|listagg|group_concat|array_agg|list_[a-z]+|array_to_string|string_split|str_split|unnest|explode"
    r"|generate_series|generate_subscripts|regexp_[a-z]+|date_diff|datediff|to_days|json_object"
    r"|damerau_levenshtein|levenshtein|strip_accents|struct_pack|strftime)\s*\("
    r"|\bisodow\b|\bhugeint\b|\bignore nulls\b|::|//",
    re.IGNORECASE,
)
TEXT = re.compile(r"\bas text\s*\)", re.IGNORECASE)
PATTERN = re.compile(r"\\[pPsSdDwW0-9]")


def text_rules(text: str) -> Iterator[Finding]:
    """What a model's own text may not hold: it belongs into macros/engine.sql, where each engine
    has its form."""
    without = re.sub(
        r"\{#.*?#\}|--[^\n]*", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL
    )
    for line in without.splitlines():
        # Names of macros are their own; what is called in Jinja is a macro.
        sql = re.sub(r"\{\{\s*(dbt\.)?\w+\(|'(?:[^'\n]*)'", "", line)
        if OF_ONE_ENGINE.search(sql):
            yield "of_one_engine", line.strip()
        if TEXT.search(line):
            yield "type_text", line.strip()
        if PATTERN.search(line):
            yield "pattern", line.strip()


def findings(sql: str, known: Columns = MappingProxyType({})) -> Iterator[Finding]:
    """What breaks a rule in compiled SQL.

    Args:
        sql: a statement.
        known: the columns of the relations that it may read.
    """
    tokens = sqlglot.tokenize(sql, read="duckdb")
    for token_rule in TOKEN_RULES:
        yield from ((token_rule.__name__, place) for place in token_rule(tokens))
    for tree in sqlglot.parse(sql, read="duckdb"):
        if tree is not None:
            for rule in RULES:
                yield from ((rule.__name__, place) for place in rule(tree))
            starred = columns_given_twice_behind_a_star
            yield from ((starred.__name__, place) for place in starred(tree, known))


def columns_of_relations(models: Mapping[str, str]) -> dict[str, list[str] | None]:
    """The columns of each model by its relation, read from its query; a model comes after those
    that it reads."""
    known: dict[str, list[str] | None] = {}
    for relation, sql in models.items():
        known[relation] = given_columns(sqlglot.parse_one(sql, read="duckdb"), known)
    return known


def compiled() -> tuple[dict[str, str], dict[str, str]]:
    """The SQL of every model and data test, and of the engine's functions, by the file that it
    comes from; and that of the models alone, by their relations, in the order of a build."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DBT_TARGET_PATH"] = folder
        fixed = [
            "--project-dir",
            str(PROJECT),
            "--profiles-dir",
            str(PROJECT),
            "--target",
            "compiled",
        ]
        fixed += [
            "--log-level",
            "none",
            "--log-level-file",
            "none",
            "--no-introspect",
            "--no-populate-cache",
        ]
        # A model in Python is no SQL, and dbt cannot compile it without a connection.
        fixed += ["--exclude", "path:models/**/*.py"]
        answer: Any = dbtRunner().invoke(["compile", *fixed])
        if not answer.success:
            raise SystemExit(
                f"dbt could not compile the project: {answer.exception or answer.result}"
            )
        found = {
            node.original_file_path
            + (f" ({node.name})" if node.resource_type == "test" else ""): node.compiled_code
            for node in (result.node for result in answer.result.results)
            if node.resource_type in ("model", "test") and node.language == "sql"
        }
        models = {
            f"{node.schema}.{node.alias}".lower(): node.compiled_code
            for node in (result.node for result in answer.result.results)
            if node.resource_type == "model" and node.language == "sql"
        }
        answer = dbtRunner().invoke(
            ["compile", "--inline", "{{ create_functions() }}", *fixed[:-2]]
        )
        functions = FUNCTION.split(answer.result.results[0].node.compiled_code)
        for name, body in zip(functions[1::2], functions[2::2], strict=True):
            select = body if body.lstrip().startswith(("with", "select")) else f"select {body}"
            found[f"macros/functions.sql ({name})"] = select.strip().rstrip(";").rstrip()
    return found, models


FUNCTION = re.compile(r"create or replace macro (\w+)\([^)]*\) as(?: table)?\b")
"""The engine's functions, parted into their names and bodies."""
IN_FUNCTIONS = re.compile(r"macros/functions.sql \((\w+)\)")


def main() -> int:
    """Prints each place that breaks a rule."""
    count = 0
    for file in sorted((PROJECT / "models").rglob("*.sql")):
        for rule, place in text_rules(file.read_text(encoding="utf-8")):
            count += 1
            print(f"{file.relative_to(PROJECT)}: {rule}: {place[:200]}")
    everything, models = compiled()
    known = columns_of_relations(models)
    for folder in map(Path, sys.argv[1:]):
        folder.mkdir(parents=True, exist_ok=True)
        for name, sql in everything.items():
            if function := IN_FUNCTIONS.fullmatch(name):
                (folder / f"{function[1]}.sql").write_text(f"{sql}\n", encoding="utf-8")
    for name, sql in sorted(everything.items()):
        for rule, place in dict.fromkeys(findings(sql, known)):
            count += 1
            print(f"{name}: {rule}: {' '.join(place.split())[:200]}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
