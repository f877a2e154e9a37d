"""Read query strings, path segments and bodies into pydantic models, strictly, and say all that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_origin
from urllib.parse import parse_qsl

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, WithJsonSchema
from pydantic_core import ErrorDetails

from snapgraph.errors import InvalidInputError, MalformedRequestError, Problem
from snapgraph.web.strict_json import pointer_part, unstorable
from snapgraph.web.times import TIME_PATTERN, read_time

__all__ = [
    "PLAIN_INTEGER",
    "PLAIN_NUMBER",
    "Body",
    "Flag",
    "Moment",
    "Query",
    "Text",
    "read_body",
    "read_query",
    "read_segment",
]

MAX_QUERY_BYTES = 8000
"""Of one query string; gunicorn refuses longer request lines anyway."""
MAX_ARGUMENTS = 100
MAX_SEGMENT_CHARACTERS = 200
"""The longest id has 64 characters."""

MAX_PROBLEMS = 50
"""A person mends a few at a time; 50,000 unknown names made an answer of 7 MB in 2.6 s."""
MAX_PROBLEMS_IN_A_SENTENCE = 5

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Query(BaseModel):
    """Base of what a query string may say: unknown names are refused, fields are described by their docstrings.

    A page reads its own address: its model says ``extra="ignore"``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class Body(BaseModel):
    """Base of what a JSON body may say: nothing unknown, and no value is taken for one of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


Model = TypeVar("Model", bound=BaseModel)


def _integer(value: object) -> object:
    """Take ASCII digits only: ``int()`` would take ``١٢٣``, ``1_000`` and spaces."""
    if isinstance(value, str) and not _INTEGER.fullmatch(value):
        raise ValueError("should be an integer")
    return value


def _number(value: object) -> object:
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError("should be a number such as 0.5")
    return value


def _flag(value: object) -> object:
    words = {"true": True, "false": False}
    if isinstance(value, str):
        if value not in words:
            raise ValueError("should be 'true' or 'false'")
        return words[value]
    return value


def _moment(value: object, info: ValidationInfo) -> object:
    return read_time(value, now=info.context["now"]) if isinstance(value, str) and info.context else value


def _text(value: object) -> object:
    if isinstance(value, str) and _CONTROL.search(value):
        raise ValueError("should not contain control characters")
    return value


PLAIN_INTEGER = BeforeValidator(_integer)
"""For ``Annotated[int, Field(ge=…), PLAIN_INTEGER]``; bounds stand first, next to the type, to reach the schema."""
PLAIN_NUMBER = BeforeValidator(_number)
"""For ``Annotated[float, Field(ge=…), PLAIN_NUMBER]``."""
Flag = Annotated[bool, BeforeValidator(_flag)]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"), BeforeValidator(_text)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "description": "RFC 3339 with offset, a date (midnight UTC), epoch seconds, 13 digits of epoch "
            "milliseconds, or relative: now-6h (s m h d w).",
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date"},
                {"type": "string", "pattern": TIME_PATTERN},
            ],
            "examples": ["2025-01-06T14:23:05Z", "2025-01-01", "now-6h"],
        }
    ),
]


def read_query(model: type[Model], raw: bytes, *, now: datetime) -> Model:
    """Read a query string.

    Args:
        model: What it may say; fields of tuple type may be repeated.
        raw: As it came.
        now: What ``now-6h`` counts from; aware.

    Returns:
        The parameters.

    Raises:
        InvalidInputError: With one problem per parameter, pointer ``?name``.
        MalformedRequestError: When it is no UTF-8 or too long.
    """
    pairs = _pairs(raw)
    names = tuple(model.model_fields)
    said = dict.fromkeys(name for name, _ in pairs) if model.model_config.get("extra") == "forbid" else ()
    problems = [_unknown(name, names) for name in said if name not in names]
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        given = [value for key, value in pairs if key == name]
        if get_origin(field.annotation) is tuple and given:
            values[name] = given
        elif len(given) > 1:
            problems.append(Problem(pointer=f"?{name}", detail=f"{name} is given {len(given)} times: give it once"))
        elif given:
            values[name] = given[0]
    return _validated(model, values, problems, lambda path: f"?{path[0] if path else ''}", {"now": now})


def read_body(model: type[Model], value: object) -> Model:
    """Check a parsed JSON body.

    Raises:
        InvalidInputError: With one problem per field; pointers are JSON pointers.
    """
    if not isinstance(value, dict):
        detail = "the body should be a JSON object"
        raise InvalidInputError(detail, problems=(Problem(pointer="", detail=detail),))
    names = tuple(model.model_fields)
    unknown = [name for name in value if name not in names]
    problems = [_unknown(name, names, "/") for name in unknown[: MAX_PROBLEMS + 1]]
    known = {name: each for name, each in value.items() if name in names}
    return _validated(
        model, known, problems, lambda path: "".join(f"/{pointer_part(str(part))}" for part in path), None
    )


def read_segment(name: str, text: str) -> str:
    """Check one variable part of a path.

    Raises:
        InvalidInputError: It is too long or holds what no id holds.
    """
    if len(text) > MAX_SEGMENT_CHARACTERS or _CONTROL.search(text) or "\ufffd" in text or unstorable(text):
        detail = f"{name} should have at most {MAX_SEGMENT_CHARACTERS} printable characters of valid UTF-8"
        raise InvalidInputError(detail, problems=(Problem(pointer=f"/{name}", detail=detail),))
    return text


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    if len(raw) > MAX_QUERY_BYTES:
        raise MalformedRequestError(f"the query string is longer than {MAX_QUERY_BYTES} bytes")
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_ARGUMENTS
        )
    except UnicodeDecodeError as error:
        raise MalformedRequestError("the query string is not percent-encoded UTF-8") from error
    except ValueError as error:
        raise MalformedRequestError(f"the query string has more than {MAX_ARGUMENTS} parameters") from error


def _unknown(name: str, names: tuple[str, ...], mark: str = "?") -> Problem:
    near = get_close_matches(name, names, n=1)
    hint = f": did you mean {near[0]}?" if near else ""
    shown = name[:100].encode("unicode_escape").decode("ascii")
    place = pointer_part(shown) if mark == "/" else shown
    return Problem(pointer=f"{mark}{place}", detail=f"there is no {shown!r} here{hint}", allowed=names)


def _validated(
    model: type[Model],
    values: Mapping[str, Any],
    problems: Iterable[Problem],
    pointer: Any,
    context: Mapping[str, Any] | None,
) -> Model:
    found = list(problems)
    try:
        result = model.model_validate(values, context=dict(context) if context else None)
    except ValidationError as error:
        found += [_problem(details, pointer) for details in error.errors(include_url=False, include_input=False)]
        result = None
    if found or result is None:
        shown = "; ".join(each.detail for each in found[:MAX_PROBLEMS_IN_A_SENTENCE])
        more = f" (and {len(found) - MAX_PROBLEMS} more)" if len(found) > MAX_PROBLEMS else ""
        raise InvalidInputError(shown + more, problems=tuple(found[:MAX_PROBLEMS]))
    return result


def _problem(details: ErrorDetails, pointer: Any) -> Problem:
    expected = str(details.get("ctx", {}).get("expected", ""))
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input ").removeprefix("Value ")
    name = ".".join(str(part) for part in details["loc"])
    allowed = tuple(re.findall(r"'([^']*)'", expected)) if details["type"] in {"enum", "literal_error"} else ()
    return Problem(pointer=pointer(details["loc"]), detail=f"{name} {message}", allowed=allowed)
