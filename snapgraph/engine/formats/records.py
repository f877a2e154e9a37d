"""Frozen dataclasses of the model to JSON objects and back, by their type hints; and the JSON Schema of each.

The names of the fields are the names on the wire. What is asked for is read strictly; what is not known is left alone,
so that a newer server can be read by an older client.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from snapgraph.engine.formats.values import text_to_time, time_to_text
from snapgraph.errors import InvalidInputError, Problem

__all__ = ["problem", "record_from_json", "record_schema", "record_to_json", "type_schema", "value_from_json"]

Record = TypeVar("Record")

_LISTS = (tuple, Sequence)
_PLAIN: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def problem(pointer: str, detail: str, allowed: tuple[str, ...] = ()) -> InvalidInputError:
    """Make the error of one wrong place in a document."""
    return InvalidInputError(
        f"{pointer or '/'}: {detail}", problems=(Problem(pointer=pointer, detail=detail, allowed=allowed),)
    )


def record_to_json(record: Any) -> dict[str, Any]:
    """Write a dataclass as a JSON object, fields in their order."""
    cls: type = type(record)
    return {name: _to_json(getattr(record, name)) for name in _names(cls)}


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(cls))


def _to_json(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value.value) if isinstance(value, Enum) else value
    if isinstance(value, datetime):
        return time_to_text(value)
    if isinstance(value, Sequence):
        return [_to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _to_json(item) for key, item in value.items()}
    return record_to_json(value)


def record_from_json(cls: type[Record], document: Any, pointer: str = "") -> Record:
    """Read a JSON object into a dataclass.

    Args:
        cls: A dataclass whose fields are scalars, enumerations, datetimes, other such dataclasses, and tuples,
            sequences or mappings of these.
        document: The JSON object; fields with a default may be missing.
        pointer: JSON pointer of ``document``, for messages.

    Raises:
        InvalidInputError: With the pointer of the first thing that is wrong.
    """
    if not isinstance(document, Mapping):
        raise problem(pointer, f"an object is needed, not {_named(document)}.")
    values = {}
    plain: type = cls
    for name, hint, required in _plan(plain):
        if name in document:
            values[name] = value_from_json(hint, document[name], f"{pointer}/{name}")
        elif required:
            raise problem(f"{pointer}/{name}", "is missing.")
    return cls(**values)


@cache
def _plan(cls: type) -> tuple[tuple[str, Any, bool], ...]:
    """List (name, type hint, required) of the fields."""
    hints = get_type_hints(cls)
    return tuple((each.name, hints[each.name], _is_required(each)) for each in fields(cls))


def _is_required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def value_from_json(hint: Any, value: Any, pointer: str) -> Any:
    """Read one JSON value as a type hint says.

    Raises:
        InvalidInputError: With the pointer of what is wrong.
    """
    if hint is Any or (isinstance(hint, type) and is_dataclass(hint) and isinstance(value, hint)):
        return value
    if get_origin(hint) is UnionType:
        if value is None and NoneType in get_args(hint):
            return None
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) in _LISTS:
        return _tuple_from_json(get_args(hint)[0], value, pointer)
    if get_origin(hint) is Mapping:
        return _mapping_from_json(get_args(hint)[1], value, pointer)
    if isinstance(hint, type) and is_dataclass(hint):
        return record_from_json(hint, value, pointer)
    return _scalar_from_json(hint, value, pointer)


def _tuple_from_json(hint: Any, value: Any, pointer: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise problem(pointer, f"a list is needed, not {_named(value)}.")
    return tuple(value_from_json(hint, item, f"{pointer}/{place}") for place, item in enumerate(value))


def _mapping_from_json(hint: Any, value: Any, pointer: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise problem(pointer, f"an object is needed, not {_named(value)}.")
    return {key: value_from_json(hint, item, f"{pointer}/{_escaped(key)}") for key, item in value.items()}


def _scalar_from_json(hint: Any, value: Any, pointer: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) < 2**1023 else math.inf
    if hint is float and isinstance(value, float) and not math.isfinite(value):
        raise problem(pointer, "a finite number is needed.")
    if hint in _PLAIN:
        if type(value) is not hint:
            raise problem(pointer, f"the type {_PLAIN[hint]} is needed, not {_named(value)}.")
        return value
    if not isinstance(value, str):
        raise problem(pointer, f"a string is needed, not {_named(value)}.")
    read: Callable[[str], Any] = text_to_time if hint is datetime else hint
    try:
        return read(value)
    except InvalidInputError as error:
        raise problem(pointer, str(error)) from error
    except ValueError as error:
        allowed = tuple(member.value for member in hint)
        raise problem(pointer, f"{value!r} is none of {', '.join(allowed)}.", allowed) from error


def _named(value: Any) -> str:
    names = {NoneType: "null", bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def record_schema(cls: type, *, required: bool = True) -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a dataclass as an object.

    Args:
        cls: As for :func:`record_from_json`.
        required: Whether the fields are promised to be there; what we send has all of them.
    """
    properties = {name: type_schema(hint, required=required) for name, hint, _ in _plan(cls)}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | {"required": list(properties)} if required else schema


def type_schema(hint: Any, *, required: bool = True) -> dict[str, Any]:
    """Give the JSON Schema of one type hint."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return _nullable(type_schema(next(each for each in inner if each is not NoneType), required=required))
    if origin in _LISTS:
        return {"type": "array", "items": type_schema(inner[0], required=required)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": type_schema(inner[1], required=required)}
    if isinstance(hint, type) and is_dataclass(hint):
        return record_schema(hint, required=required)
    return _scalar_schema(hint)


def _scalar_schema(hint: Any) -> dict[str, Any]:
    if hint is Any:
        return {}
    if hint is datetime:
        return {"type": "string", "format": "date-time"}
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    return {"type": "string", "enum": [member.value for member in hint]}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return schema
