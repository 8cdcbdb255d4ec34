"""The ledger's values on the wire, beside boto3's own rules."""

from decimal import Decimal, Inexact
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from rowshot.ledger.attribute_values import from_wire, to_wire

numbers = st.one_of(
    st.integers(-(10**30), 10**30),
    st.decimals(-(10**20), 10**20, places=6, allow_nan=False, allow_infinity=False),
)
scalars = st.one_of(st.none(), st.booleans(), st.text(), st.binary(), numbers)
sets = st.one_of(
    st.sets(st.text(), min_size=1), st.sets(st.binary(), min_size=1), st.sets(numbers, min_size=1)
)
values = st.recursive(
    st.one_of(scalars, sets),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


def read_by_boto3(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeDeserializer().deserialize(value) for name, value in raw.items()}


@given(st.dictionaries(st.text(), values))
def test_boto3_reads_what_we_write(item: dict[str, Any]) -> None:
    assert read_by_boto3(to_wire(item)) == item


@given(st.dictionaries(st.text(), values))
def test_we_read_what_boto3_writes(item: dict[str, Any]) -> None:
    raw = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    assert from_wire(raw) == item


def test_instants_are_kept_to_the_millisecond() -> None:
    assert to_wire({"at": 1_760_000_000.12345}) == {"at": {"N": "1760000000.123"}}


def test_a_number_that_would_be_rounded_is_refused() -> None:
    with pytest.raises(Inexact):
        to_wire({"price": Decimal("0." + "1" * 40)})


@pytest.mark.parametrize("value", [object(), set(), 1j])
def test_what_has_no_place_in_the_table_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_wire({"value": value})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(TypeError):
        from_wire({"value": {"XS": ["?"]}})
