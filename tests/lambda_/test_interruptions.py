"""Calls of Lambda into which an exception comes: they have happened as a whole, or not at all (``support/strikes``).

The rows are those of what makes and changes functions. Mappings, and what runs, have rows of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form, Row

from .archives import ROLE, archive

pytestmark = pytest.mark.stress

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_STATEMENT = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
_ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"


class World(strikes.World):
    """A cloud with functions, and what can be seen of them."""

    LONG = 60

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client: Any = self.cloud.client("lambda")

    def make(self, name: str, **params: Any) -> None:
        given = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive()}, **params}
        self.client.create_function(FunctionName=name, Role=ROLE, **given)

    def check(self) -> None:
        engine: Any = self.cloud
        for service in engine.services("lambda"):
            service.check()

    def look(self) -> Any:
        client = self.client
        seen: dict[str, Any] = {"account": client.get_account_settings()["AccountLimit"]}
        for one in client.list_functions()["Functions"]:
            name, arn = one["FunctionName"], one["FunctionArn"]
            found = client.get_function(FunctionName=name)
            del found["ResponseMetadata"]
            aliases = client.list_aliases(FunctionName=name)["Aliases"]
            seen[name] = [
                found,
                client.list_versions_by_function(FunctionName=name)["Versions"],
                aliases,
                client.list_function_event_invoke_configs(FunctionName=name)["FunctionEventInvokeConfigs"],
                client.list_tags(Resource=arn)["Tags"],
                client.get_function_recursion_config(FunctionName=name)["RecursiveLoop"],
                *(self.policy(name, alias["Name"]) for alias in aliases),
                self.policy(name),
            ]
        return _IDS.sub("#", repr(seen))

    def policy(self, name: str, *qualifier: str) -> str | None:
        try:
            text: str = self.client.get_policy(FunctionName=":".join((name, *qualifier)))["Policy"]
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return text


def some(w: World) -> None:
    """A function with all that one can have, and another one."""
    w.make("bill", Tags={"team": "a"})
    w.make("other")
    client, bill = w.client, {"FunctionName": "bill"}
    client.publish_version(**bill)
    client.update_function_configuration(**bill, Timeout=9)
    client.publish_version(**bill)
    client.create_alias(**bill, Name="live", FunctionVersion="1")
    client.add_permission(**bill, **_STATEMENT)
    client.add_permission(FunctionName="bill:live", **_STATEMENT)
    client.put_function_event_invoke_config(**bill, MaximumRetryAttempts=1)
    client.put_function_event_invoke_config(FunctionName="bill:live", MaximumRetryAttempts=1)
    client.put_function_concurrency(**bill, ReservedConcurrentExecutions=7)


def reserves_known(w: World) -> None:
    """The same, and somebody has asked what is reserved."""
    some(w)
    w.client.get_account_settings()


def call(method: str, **params: Any) -> Callable[[World], Any]:
    return lambda w: getattr(w.client, method)(**{"FunctionName": "bill", **params})


def tags(method: str, **params: Any) -> Callable[[World], Any]:
    return lambda w: getattr(w.client, method)(Resource=_ARN, **params)


def published_next(w: World) -> list[str]:
    """The numbers that the next versions get."""
    numbers = []
    for name in ("bill", "other"):
        w.client.update_function_configuration(FunctionName=name, Timeout=20)
        numbers.append(w.client.publish_version(FunctionName=name)["Version"])
    return numbers


ROWS: dict[str, Row[World]] = {
    "create": Row(some, lambda w: w.make("new")),
    "create and publish": Row(some, lambda w: w.make("new", Publish=True)),
    "create, and again": Row(some, lambda w: "new" in w.look() or w.make("new"), again=True),
    "delete": Row(some, call("delete_function")),
    "delete a version": Row(some, call("delete_function", Qualifier="2")),
    "update code": Row(some, call("update_function_code", ZipFile=archive("x = 2"))),
    "update code and publish": Row(some, call("update_function_code", ZipFile=archive("x = 2"), Publish=True)),
    "update settings": Row(some, call("update_function_configuration", MemorySize=256, Description="d")),
    "give a function a handler": Row(
        some, lambda w: w.cloud.function("bill", print, timeout=4, memory=512, reserved_concurrency=3)
    ),
    "publish": Row(
        lambda w: (some(w), call("update_function_configuration", Timeout=11)(w))[0], call("publish_version")
    ),
    "publish, and again": Row(
        lambda w: (some(w), call("update_function_configuration", Timeout=11)(w))[0],
        lambda w: call("publish_version")(w) and None,
        again=True,
    ),
    "what is published next": Row(some, tags("tag_resource", Tags={"x": "y"}), judge=published_next),
    "make an alias": Row(some, call("create_alias", Name="new", FunctionVersion="2")),
    "move an alias": Row(some, call("update_alias", Name="live", FunctionVersion="2")),
    "delete an alias": Row(some, call("delete_alias", Name="live")),
    "reserve": Row(some, call("put_function_concurrency", ReservedConcurrentExecutions=9)),
    "reserve for another one": Row(
        reserves_known,
        call("put_function_concurrency", FunctionName="other", ReservedConcurrentExecutions=9),
    ),
    "reserve nothing": Row(some, call("delete_function_concurrency")),
    "set what happens to events": Row(some, call("put_function_event_invoke_config", MaximumEventAgeInSeconds=60)),
    "forget what happens to events": Row(some, call("delete_function_event_invoke_config")),
    "permit": Row(some, call("add_permission", **{**_STATEMENT, "StatementId": "t"})),
    "forbid": Row(some, call("remove_permission", StatementId="s")),
    "tag": Row(some, tags("tag_resource", Tags={"team": "b", "x": "y"})),
    "untag": Row(some, tags("untag_resource", TagKeys=["team"])),
    "allow loops": Row(some, call("put_function_recursion_config", RecursiveLoop="Allow")),
}


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)
