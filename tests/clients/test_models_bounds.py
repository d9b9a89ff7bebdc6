"""The bounds, patterns and words that botocore's models put on members are those by which services refuse.

botocore checks types, required members and minimums before it sends. The rest is left to the service, which says in
AWS's words what is broken. So each member is given a value that is just beyond, in a call that is otherwise the least
that can be sent, and the answer has to name the model's figure, pattern or words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

import minicloud
from minicloud.services.registry import SERVICE_NAMES

pytestmark = [pytest.mark.needs("botocore"), pytest.mark.known_release]

SESSION = botocore.session.get_session()
TOO_LONG_TO_TRY = 10**6
LEAST = {"boolean": False, "timestamp": datetime(2020, 1, 1), "blob": b"", "map": {}}  # noqa: DTZ001  # as botocore's
WORD_LISTS = re.compile(r"enum value set: \[(.*?)\]")

Words = str | frozenset[str]
"""What has to be said of a value: a text that has to be in the answer, or the words that it may be."""


class OfASecret(str):
    """What has to be said of a value that the model calls sensitive: that one is not shown."""

    __slots__ = ()


def least(shape: Any) -> Any:
    """The least value that botocore sends."""
    minimum = shape.metadata.get("min", 0)
    match shape.type_name:
        case "structure":
            return {name: least(shape.members[name]) for name in shape.required_members}
        case "list":
            return [least(shape.member)] * minimum
        case "map" if minimum:
            return {f"a{number}": least(shape.value) for number in range(minimum)}
        case "string":
            return shape.enum[0] if shape.enum else "a" * max(minimum, 1)
        case "integer" | "long":
            return int(minimum)
        case "float" | "double":
            return float(minimum)
        case kind:
            return LEAST[kind]


def beyond(shape: Any) -> Iterator[tuple[Any, Words]]:
    """Values that break what the model says, each with the words for it."""
    maximum = shape.metadata.get("max", TOO_LONG_TO_TRY)
    words = OfASecret if shape.metadata.get("sensitive") else str
    bound = words(f"less than or equal to {maximum}")
    if shape.type_name == "string" and shape.enum:
        yield "~", frozenset(shape.enum)
    elif shape.type_name in ("integer", "long") and "max" in shape.metadata:
        yield maximum + 1, bound
    elif maximum < TOO_LONG_TO_TRY and shape.type_name == "string":
        yield "a" * (maximum + 1), bound
    elif maximum < TOO_LONG_TO_TRY and shape.type_name == "list":
        yield [least(shape.member)] * (maximum + 1), bound
    elif shape.type_name == "map":
        if maximum < TOO_LONG_TO_TRY:
            yield {f"a{number}": least(shape.value) for number in range(maximum + 1)}, bound
        for part, wrap in (
            (shape.key, lambda text: {text: least(shape.value)}),
            (shape.value, lambda text: {"a": text}),
        ):
            if part.type_name == "string" and part.metadata.get("max", TOO_LONG_TO_TRY) < TOO_LONG_TO_TRY:
                yield wrap("a" * (part.metadata["max"] + 1)), f"less than or equal to {part.metadata['max']}"
    if (pattern := shape.metadata.get("pattern")) and shape.type_name == "string" and not shape.enum:
        yield "\x01" * max(1, shape.metadata.get("min", 1)), words(f"regular expression pattern: {pattern}")


def below(shape: Any) -> Iterator[tuple[Any, Words]]:
    """A value that is just too small for what the model says, with the words for it."""
    minimum = shape.metadata.get("min", 0)
    bound = f"greater than or equal to {minimum}"
    if shape.type_name in ("integer", "long") and "min" in shape.metadata:
        yield minimum - 1, bound
    elif minimum and shape.type_name == "string" and not shape.enum:
        yield "a" * (minimum - 1), bound
    elif minimum and shape.type_name == "list":
        yield [least(shape.member)] * (minimum - 1), bound


def within(shape: Any) -> Iterator[tuple[Any, Words]]:
    """Values that are just not beyond, nor below; and each of a list of words."""
    minimum = shape.metadata.get("min", 0)
    maximum = shape.metadata.get("max", minimum)
    if shape.type_name == "string" and shape.enum:
        for word in shape.enum:
            yield word, ""
    for bound in {minimum, maximum}:
        if shape.type_name in ("integer", "long"):
            if not {"min", "max"}.isdisjoint(shape.metadata):
                yield bound, ""
        elif shape.type_name == "string" and not shape.enum and bound < TOO_LONG_TO_TRY:
            yield "a" * bound, ""
        elif shape.type_name == "list" and bound < 1001:
            yield [least(shape.member)] * bound, ""
        elif shape.type_name == "map" and bound < TOO_LONG_TO_TRY:
            yield {f"a{number}": least(shape.value) for number in range(bound)}, ""
            most = shape.key.metadata.get("max", 1), shape.value.metadata.get("max", 1)
            if shape.value.type_name == "string":
                yield {"a" * most[0]: "a" * most[1]}, ""


Beyond = Callable[[Any], Iterator[tuple[Any, Words]]]


def cases(structure: Any, beyond: Beyond, around: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any], Words]]:
    """Paths of members, each with the parameter that has a value beyond, and what has to be said of it."""
    for name, member in structure.members.items():
        for value, words in beyond(member):
            yield name, {name: value}, words
        inner, wrap, path = member, lambda value: value, name
        if member.type_name == "list":
            inner, wrap, path = member.member, lambda value: [value], f"{name}[]"
            for value, words in beyond(inner):
                yield path, {name: [value]}, words
        if inner.type_name == "structure" and inner.name not in around:
            for below, given, words in cases(inner, beyond, (*around, structure.name)):
                yield f"{path}.{below}", {name: wrap({**least(inner), **given})}, words


def place(path: str) -> str:
    """How a refusal names the member at a path: ``CreateArchive.Tags[].Key`` is ``tags.1.member.key``."""
    names = (name[:1].lower() + name[1:] for name in path.split(".")[1:])
    return ".".join(names).replace("[]", ".1.member")


def is_said(path: str, words: Words, text: str) -> bool:
    # Of an item of some lists it is said of the whole list, and of a map of the key or the value in it.
    places = f"'{place(path)}'", f"'{place(path.removesuffix('[]'))}'", f"'{place(path)}."
    if isinstance(words, OfASecret):
        said = "Value at '{}' failed to satisfy constraint: Member must [a-z ]*{}"
        return re.search(said.format(re.escape(place(path)), re.escape(words)), text) is not None
    if not any(one in text for one in places):
        return False
    if isinstance(words, str):
        return words in text
    return any(words == frozenset(found.split(", ")) for found in WORD_LISTS.findall(text))


def answers(client: Any, service: str, beyond: Beyond) -> Iterator[tuple[str, Words, str]]:
    """Each member with what has to be said of it, and what is said."""
    model, has = SESSION.get_service_model(service), minicloud.Cloud().client(service)
    for name in model.operation_names:
        method, shape = botocore.xform_name(name), model.operation_model(name).input_shape
        for path, given, words in cases(shape, beyond) if hasattr(has, method) and shape else ():
            try:
                getattr(client, method)(**{**least(shape), **given})
            except (client.exceptions.ClientError, BotoCoreError, minicloud.UsageError) as error:
                text = str(error)
            else:
                text = ""
            yield f"{name}.{path}", words, text


HELD = {
    "application-autoscaling": 77,
    "cloudwatch": 85,
    "events": 163,
    "firehose": 130,
    "iam": 44,
    "kinesis": 306,
    "lambda": 282,
    "logs": 57,
    "pipes": 96,
    "scheduler": 157,
    "sts": 49,
}
"""How many are said. The others are of what is refused as a whole, or where something comes first that is missing."""


HELD_BELOW = {
    "application-autoscaling": 22,
    "cloudwatch": 54,
    "events": 83,
    "firehose": 55,
    "iam": 33,
    "kinesis": 91,
    "lambda": 68,
    "logs": 41,
    "pipes": 33,
    "scheduler": 79,
    "sts": 28,
}
"""The same of what is too small, which only a client that does not check anything itself can send."""
IN_OTHER_WORDS = ("s3", "sns", "sqs")
"""Services that do not speak of what is beyond its bounds in the words of the model."""


def test_each_service_is_held_or_speaks_in_other_words() -> None:
    for name, held in (("HELD", HELD), ("HELD_BELOW", HELD_BELOW)):
        assert sorted([*held, *IN_OTHER_WORDS]) == sorted(SERVICE_NAMES), (
            f"each service of SERVICE_NAMES is in {name} of this file, with how many are held, or in IN_OTHER_WORDS"
        )


def hold(client: Any, service: str, beyond: Beyond, held: int) -> None:
    count = 0
    others = []
    for path, words, text in answers(client, service, beyond):
        if is_said(path, words, text):
            count += 1
        else:
            others.append(f"{path}: {words} is not in: {text[:300]}")
    assert count >= held, "\n".join(others)
    others.insert(0, f"{count} are held now, and these are not; have they to be?")
    assert count == held, "\n".join(others)


@pytest.mark.parametrize("service", HELD)
def test_what_is_beyond_is_refused_in_the_models_words(service: str) -> None:
    client = minicloud.Cloud(clock="virtual", trace=False).client(service)
    hold(client, service, beyond, HELD[service])


@pytest.mark.needs("boto3")
@pytest.mark.parametrize("service", HELD_BELOW)
def test_what_is_too_small_is_refused_in_the_models_words(service: str) -> None:
    import boto3

    with minicloud.mock_aws(clock="virtual", trace=False):
        client = boto3.client(service, "us-east-1", config=Config(parameter_validation=False))
        hold(client, service, below, HELD_BELOW[service])


WITHIN = {
    **dict.fromkeys(["CreateFunction", "UpdateFunctionConfiguration"], ("Timeout", "MemorySize")),
    **dict.fromkeys(["CreateLogGroup", "DescribeLogGroups"], ("logGroupClass",)),
    "PutRetentionPolicy": ("retentionInDays",),
    **dict.fromkeys(["DecreaseStreamRetentionPeriod", "IncreaseStreamRetentionPeriod"], ("RetentionPeriodHours",)),
}
"""Members that are held to less than the model: what is of managed instances, what is not here, what docs alone say."""


@pytest.mark.parametrize("service", HELD)
def test_what_is_not_beyond_is_not_refused_for_that(service: str) -> None:
    client: Any = minicloud.Cloud(clock="virtual", trace=False).client(service)
    wrong = []
    for path, _, text in answers(client, service, within):
        operation, _, name = path.partition(".")
        if name in WITHIN.get(operation, ()):
            continue
        name = name.rpartition(".")[2].rstrip("[]")
        said = rf"at '([^']*\.)?{name[0].lower()}{name[1:]}(\.\d+\.member)?' failed to satisfy constraint: "
        if re.search(rf"{said}(Map.*: \[)?Member must (have|satisfy enum)", text):
            wrong.append(f"{path}: {text[:120]} ... {text[-200:]}")
    assert not wrong, "\n".join(wrong)
