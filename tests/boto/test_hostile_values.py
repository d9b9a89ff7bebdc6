"""Parameters that hold themselves, are absurdly deep, raise when they are looked at, or change meanwhile.

botocore itself is asked what it says of them; what minicloud says is the same, and nothing is half done afterwards.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import boto3
import pytest

import minicloud
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3")

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
ATTRIBUTE = {"DataType": "String", "StringValue": "v"}


class Sent(Exception): ...


class Own(Exception): ...


def holds_itself(kind: type) -> Any:
    made = kind()
    if kind is list:
        made += [made, made]
    else:
        made["a"] = made["b"] = made
    return made


@cache
def deep(levels: int, kind: type) -> Any:
    """The same each time: nobody changes it, and to make the deepest takes longer than to refuse it."""
    made: Any = "x"
    for _ in range(levels):
        made = [made] if kind is list else {"a": made}
    return made


def wide(levels: int) -> Any:
    """Small, and endless for who visits what is shared each time."""
    made: Any = "x"
    for _ in range(levels):
        made = [made] * 10
    return made


SHAPES: dict[str, Callable[[], Any]] = {
    "list in itself": lambda: holds_itself(list),
    "dict in itself": lambda: holds_itself(dict),
    "deep list": lambda: deep(100, list),
    "very deep list": lambda: deep(100_000, list),
    "very deep dict": lambda: deep(100_000, dict),
    "wide": lambda: wide(6),
}


def raising(base: type, *names: str) -> Any:
    def raise_own(*_: Any, **__: Any) -> Any:
        raise Own("the caller's own")

    return type(base.__name__, (base,), dict.fromkeys(names, raise_own) | {"__hash__": getattr(base, "__hash__", None)})


class Growing(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        for item in super().items():
            yield item
            self[f"more{len(self)}"] = ATTRIBUTE


class GrowingList(list):  # type: ignore[type-arg]
    def __iter__(self) -> Iterator[Any]:
        for item in list.__iter__(self):
            yield item
            if len(self) < 5:
                self.append(item)


class Unknown:
    def __getattr__(self, name: str) -> Any:
        raise Own(name)

    def __repr__(self) -> str:
        return "unknown"


def calls() -> Iterator[Any]:
    def one(name: str, method: str, make: Callable[[], dict[str, Any]]) -> Any:
        return pytest.param(method, make, id=name)

    for name, make in SHAPES.items():
        yield one(f"{name}, attributes", "send_message", lambda make=make: {"MessageAttributes": make()})
        value = {"DataType": "Binary"}
        yield one(
            f"{name}, value",
            "send_message",
            lambda make=make, value=value: {"MessageAttributes": {"a": {**value, "BinaryValue": make()}}},
        )
        yield one(f"{name}, body", "send_message", lambda make=make: {"MessageBody": make()})
        yield one(f"{name}, number", "send_message", lambda make=make: {"DelaySeconds": make()})
        yield one(f"{name}, entries", "send_message_batch", lambda make=make: {"Entries": make()})
        yield one(f"{name}, unknown", "send_message", lambda make=make: {"Foo": make()})
    for names in (("items",), ("keys",), ("values",), ("__iter__",), ("__getitem__",), ("get",), ("__contains__",)):
        yield one(
            f"dict with {names}",
            "send_message",
            lambda names=names: {"MessageAttributes": raising(dict, *names)(a=ATTRIBUTE)},
        )
        yield one(
            f"entry with {names}",
            "send_message_batch",
            lambda names=names: {
                "Entries": [{"Id": "1", "MessageBody": "x"}, raising(dict, *names)(Id="2", MessageBody="y")]
            },
        )
    for names in (("__iter__",), ("__getitem__",), ("__eq__",)):
        yield one(
            f"list with {names}",
            "send_message_batch",
            lambda names=names: {"Entries": raising(list, *names)([{"Id": "1", "MessageBody": "x"}])},
        )
    for names in (("__eq__",), ("__hash__",), ("encode",)):
        yield one(f"text with {names}", "send_message", lambda names=names: {"MessageBody": raising(str, *names)("x")})
        yield one(
            f"id with {names}",
            "send_message_batch",
            lambda names=names: {"Entries": [{"Id": raising(str, *names)("1"), "MessageBody": "x"}]},
        )
    yield one("growing dict", "send_message", lambda: {"MessageAttributes": Growing(a=ATTRIBUTE)})
    yield one("growing list", "send_message_batch", lambda: {"Entries": GrowingList([{"Id": "1", "MessageBody": "x"}])})
    yield one("no attributes", "send_message", lambda: {"MessageBody": Unknown()})


def outcome(client: Any, method: str, params: dict[str, Any]) -> tuple[str, str]:
    if method == "send_message" and "MessageBody" not in params:
        params["MessageBody"] = "b"
    try:
        getattr(client, method)(QueueUrl=URL, **params)
    except (Sent, client.exceptions.ClientError):
        return "sent", ""  # what comes then is the service's to say
    except Exception as error:  # whatever it is
        return type(error).__name__, "" if isinstance(error, RecursionError) else str(error)
    return "sent", ""


def real_client() -> Any:
    def stop(**_: Any) -> None:
        raise Sent

    client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.meta.events.register("before-send", stop)
    return client


@pytest.fixture(scope="module")
def clients() -> dict[str, Any]:
    made = {kind: boto3.client("sqs", region_name="us-east-1") for kind in ("fast-path", "full-pipeline")}
    take_full_pipeline(made["full-pipeline"])
    return {"real": real_client(), **made}


@pytest.fixture(scope="module")
def on_a_small_stack() -> Iterator[Callable[..., Any]]:
    """Calls something where C code does not get as deep as in the main thread.

    From Python 3.14 on that is a matter of the stack. At each level repr() looks for a list in itself, through all the
    levels above: half a second until the main thread's 8 MB are full. The error is the one that a smaller stack brings.
    """
    if sys.version_info < (3, 14):
        yield lambda function, *args: function(*args)
        return
    before = threading.stack_size(1 << 20)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(int).result()
        threading.stack_size(before)
        yield lambda function, *args: thread.submit(function, *args).result()


@pytest.fixture(scope="module")
def of_botocore(on_a_small_stack: Callable[..., Any], clients: dict[str, Any]) -> Callable[..., tuple[str, str]]:
    """What botocore says of a call, which takes it as long as the rest of a test: asked once for all kinds."""
    return cache(lambda method, make: on_a_small_stack(outcome, clients["real"], method, make()))


@pytest.mark.parametrize("kind", ["fast-path", "full-pipeline", "native"])
@pytest.mark.parametrize(("method", "make"), list(calls()))
def test_the_same_as_botocore(
    clients: Any,
    of_botocore: Any,
    on_a_small_stack: Any,
    method: str,
    make: Callable[[], dict[str, Any]],
    kind: str,
) -> None:
    wanted = of_botocore(method, make)
    with minicloud.mock_aws(clock="virtual") as cloud:
        client: Any = cloud.client("sqs") if kind == "native" else clients[kind]
        client.create_queue(QueueName="q")
        assert on_a_small_stack(outcome, client, method, make()) == wanted
        messages = cloud.queue("q").messages
        assert wanted[0] == "sent" or len(messages) == 0
        assert cloud.queue("q").counts.visible == len(messages)
        assert cloud.timeline.torn == 0
        cloud.client("sqs").send_message(QueueUrl=URL, MessageBody="next")
        assert cloud.queue("q").bodies[-1] == "next"
