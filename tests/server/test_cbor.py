"""CBOR: the examples of RFC 8949's appendix A, the bounds between its forms, and what is none."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from minicloud.wire import cbor

BOTH: list[tuple[str, Any]] = [
    ("00", 0),
    ("01", 1),
    ("0a", 10),
    ("17", 23),
    ("1818", 24),
    ("1864", 100),
    ("18ff", 255),
    ("190100", 256),
    ("1903e8", 1000),
    ("19ffff", 65_535),
    ("1a00010000", 65_536),
    ("1a000f4240", 1_000_000),
    ("1affffffff", 4_294_967_295),
    ("1b0000000100000000", 4_294_967_296),
    ("1b000000e8d4a51000", 1_000_000_000_000),
    ("1bffffffffffffffff", 18_446_744_073_709_551_615),
    ("20", -1),
    ("29", -10),
    ("37", -24),
    ("3818", -25),
    ("3863", -100),
    ("3903e7", -1000),
    ("3bffffffffffffffff", -18_446_744_073_709_551_616),
    ("fb3ff199999999999a", 1.1),
    ("fb7e37e43c8800759c", 1.0e300),
    ("fbc010666666666666", -4.1),
    ("fb7ff0000000000000", math.inf),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("40", b""),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("60", ""),
    ("6161", "a"),
    ("6449455446", "IETF"),
    ("62225c", '"\\'),
    ("62c3bc", "\u00fc"),
    ("63e6b0b4", "\u6c34"),
    ("64f0908591", "\U00010151"),
    ("80", []),
    ("83010203", [1, 2, 3]),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", [*range(1, 26)]),
    ("a0", {}),
    ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ("826161a161626163", ["a", {"b": "c"}]),
    ("a56161614161626142616361436164614461656145", {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}),
    ("77" + "61" * 23, "a" * 23),
    ("7818" + "61" * 24, "a" * 24),
    ("58ff" + "00" * 255, bytes(255)),
    ("590100" + "00" * 256, bytes(256)),
    ("59ffff" + "00" * 65_535, bytes(65_535)),
    ("5a00010000" + "00" * 65_536, bytes(65_536)),
]
READ_ONLY: list[tuple[str, Any]] = [
    ("f90000", 0.0),
    ("f93c00", 1.0),
    ("f93e00", 1.5),
    ("f97bff", 65_504.0),
    ("f9c400", -4.0),
    ("f97c00", math.inf),
    ("fa47c35000", 100_000.0),
    ("fa7f7fffff", 3.402_823_466_385_288_6e38),
    ("f7", None),
    ("c074323031332d30332d32315432303a30343a30305a", "2013-03-21T20:04:00Z"),
    ("d74401020304", b"\x01\x02\x03\x04"),
    ("d818456449455446", b"dIETF"),
    ("d9d9f783010203", [1, 2, 3]),
    ("c1f5", True),
    ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
    ("5fff", b""),
    ("7f657374726561646d696e67ff", "streaming"),
    ("9fff", []),
    ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
    ("83019f0203ff820405", [1, [2, 3], [4, 5]]),
    ("bfff", {}),
    ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
    ("bf6346756ef563416d7421ff", {"Fun": True, "Amt": -2}),
    ("1800", 0),  # longer than it has to be
]
NONE: dict[str, str] = {
    "nothing": "",
    "no end of a number": "19ff",
    "no end of a text": "6261",
    "no end of a list": "8201",
    "no end of a map": "a16161",
    "no end of indefinite bytes": "5f4100",
    "no end of an indefinite list": "9f01",
    "no value before the end": "bf6161ff",
    "an end": "ff",
    "an end in a list": "81ff",
    "an end for a key": "a1ff",
    "an end for a value": "a16161ff",
    "an end behind a tag": "82c1ff01",
    "a number without an end": "1f",
    "a negative number without an end": "3f",
    "a tag without an end": "df",
    "a number without an end before another": "1f00",
    "a negative number without an end before another": "3f00",
    "a tag without an end before a number": "df00",
    "a length that is reserved": "1c00",
    "another one": "1d00",
    "a third one": "7e",
    "a key that is no text": "a10101",
    "a key of bytes": "a1416101",
    "a text of bytes": "7f4161ff",
    "bytes of texts": "5f6161ff",
    "a chunk in chunks": "7f7f6161ffff",
    "a text that is not UTF-8": "61ff",
    "a simple value": "f0",
    "a simple value of two bytes": "f8ff",
    "reserved": "fc",
    "two documents": "0000",
}


@pytest.mark.parametrize(("text", "value"), [*BOTH, *READ_ONLY], ids=lambda one: str(one)[:30])
def test_what_is_read(text: str, value: Any) -> None:
    found = cbor.loads(bytes.fromhex(text))
    assert (found, type(found)) == (value, type(value))


def test_what_is_written() -> None:
    assert [(text, cbor.dumps(value).hex()) for text, value in BOTH if cbor.dumps(value).hex() != text] == []
    assert cbor.dumps((1, bytearray(b"a"))).hex() == "82014161"
    with pytest.raises(TypeError, match=r"^CBOR has no object$"):
        cbor.dumps([object()])


def test_not_a_number() -> None:
    assert math.isnan(cbor.loads(bytes.fromhex("f97e00")))
    assert cbor.dumps(math.nan).hex() == "fb7ff8000000000000"


def test_times() -> None:
    """Datetimes are eight bytes of milliseconds; a timestamp is whatever number it has. [seen on AWS's Kinesis]"""
    moment = datetime(2026, 1, 1, 0, 0, 0, 1500, tzinfo=UTC)
    assert cbor.dumps(moment).hex() == "c11b" + f"{1_767_225_600_002:016x}"
    assert cbor.dumps(datetime.fromtimestamp(0, UTC)).hex() == "c11b0000000000000000"
    for number, text in ((1_363_896_240, "c11a514b67b0"), (1_363_896_240.5, "c1fb41d452d9ec200000"), (-1, "c120")):
        assert cbor.dumps(cbor.Timestamp(number)).hex() == text
        found = cbor.loads(bytes.fromhex(text))
        assert (type(found), found.value, type(found.value)) == (cbor.Timestamp, number, type(number))


@pytest.mark.parametrize("name", NONE)
def test_what_is_none(name: str) -> None:
    with pytest.raises(cbor.CborError):
        cbor.loads(bytes.fromhex(NONE[name]))


@pytest.mark.parametrize(
    ("level", "end"),
    [("81", ""), ("9f", "ff"), ("a16161", ""), ("bf6161", "ff"), ("c2", "")],
    ids=["lists", "indefinite lists", "maps", "indefinite maps", "tags"],
)
def test_how_deep_a_document_may_be(level: str, end: str) -> None:
    for depth in (1, 64):
        assert cbor.loads(bytes.fromhex(level * depth + "00" + end * depth)) is not None
    for depth in (65, 100_000):
        with pytest.raises(cbor.CborError):
            cbor.loads(bytes.fromhex(level * depth + "00" + end * depth))
