"""Dataclasses to JSON and back by their type hints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from snapgraph.engine.formats.records import record_from_json, record_schema, record_to_json
from snapgraph.errors import InvalidInputError
from snapgraph.model.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A part of a cart."""

    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """One of each kind of field."""

    name: str
    made_at: datetime
    wheels: tuple[Wheel, ...]
    wear: Mapping[str, float] = field(default_factory=dict)
    severity: Severity | None = None
    spare: Wheel | None = None
    load: Any = None


CART = Cart(
    name="a",
    made_at=datetime(2025, 1, 6, tzinfo=UTC),
    wheels=(Wheel(size=1.0), Wheel(size=2.5)),
    wear={"left": 0.5},
    severity=Severity.LOW,
    spare=Wheel(size=3.0),
    load=[1, {"a": None}],
)


@pytest.mark.parametrize("cart", [CART, Cart(name="", made_at=CART.made_at, wheels=())])
def test_a_record_comes_back_equal_and_validates(cart):
    document = record_to_json(cart)

    Draft202012Validator(record_schema(Cart)).validate(document)
    assert record_from_json(Cart, document) == cart


def test_unknown_names_are_left_alone_so_that_an_older_client_reads_a_newer_server():
    assert record_from_json(Cart, {**record_to_json(CART), "colour": "red"}) == CART


def test_a_whole_number_is_taken_for_a_float_but_never_the_other_way():
    assert record_from_json(Wheel, {"size": 2}).size == 2.0
    with pytest.raises(InvalidInputError):
        record_from_json(Wheel, {"size": True})


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "/cart/name"),
        ({"made_at": "yesterday"}, "/cart/made_at"),
        ({"wheels": {}}, "/cart/wheels"),
        ({"wheels": [{"size": 1.0}, {}]}, "/cart/wheels/1/size"),
        ({"wear": {"~": "much"}}, "/cart/wear/~0"),
        ({"severity": "awful"}, "/cart/severity"),
        ({"spare": []}, "/cart/spare"),
        ({"wheels": [{"size": 10**400}]}, "/cart/wheels/0/size"),
    ],
)
def test_what_is_wrong_is_pointed_at(change, pointer):
    with pytest.raises(InvalidInputError) as caught:
        record_from_json(Cart, {**record_to_json(CART), **change}, "/cart")

    assert caught.value.problems[0].pointer == pointer
