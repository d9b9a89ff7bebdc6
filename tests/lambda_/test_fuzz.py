"""Whatever is thrown at Lambda is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.lambda_.service import Lambda
from tests.support.depth import deep

from .archives import ROLE, archive

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"
OPERATIONS = operations_of(Lambda)
ARCHIVES = [archive(), archive("x = 1"), b"", b"x"]

strings = st.one_of(
    st.sampled_from(["bill", "bill:live", "bill:1", "bill:$LATEST", "other", "new", ARN, f"{ARN}:live", f"{ARN}:2"]),
    st.sampled_from(
        ["1", "2", "live", "$LATEST", "python3.12", "app.handler", ROLE, "s", "lambda:InvokeFunction", "*"]
    ),
    st.sampled_from(["s3.amazonaws.com", "arn:aws:s3:::b", "ALL", "Event", "Tail", "Zip", "Image", "Allow", "JSON"]),
    st.sampled_from(["arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sns:us-east-1:123456789012:t", "TRIM_HORIZON"]),
    st.sampled_from(["", "\ud800", "x" * 257, "a b", "::", "arn:", "arn:aws:lambda:::", ":live", "1:function:bill"]),
    st.text(st.characters(codec=None), max_size=20),
)


def values_of(shape):
    kind = shape.kind
    simple = {
        "string": strings,
        "integer": st.integers(-1, 1000),
        "double": st.floats(0, 2),
        "boolean": st.booleans(),
        "blob": st.sampled_from(ARCHIVES) | st.binary(max_size=5),
        "timestamp": st.integers(0, 2_000_000_000),
    }
    if kind in simple:
        return simple[kind]
    if kind == "list":
        return st.lists(values_of(shape.member), max_size=2)
    if kind == "map":
        return st.dictionaries(strings, values_of(shape.member), max_size=2)
    members = {name: values_of(member) for name, member in shape.members.items()}
    required = {name: members.pop(name) for name in shape.required}
    # Few at a time: most of many that are thrown are refused for one of them.
    some = st.lists(st.sampled_from(sorted(members)), max_size=3, unique=True) if members else st.just([])
    return some.flatmap(lambda names: st.fixed_dictionaries({**required, **{name: members[name] for name in names}}))


calls = st.one_of([st.tuples(st.just(name), values_of(operation.input)) for name, operation in OPERATIONS.items()])


def prepared():
    """A cloud with functions that have one of everything, and its client."""
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    client = cloud.client("lambda")
    for name in ("bill", "other"):
        given = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive()}}
        client.create_function(FunctionName=name, Role=ROLE, Tags={"a": "b"}, **given)
    client.publish_version(FunctionName="bill")
    client.update_function_configuration(FunctionName="bill", Timeout=4)
    client.publish_version(FunctionName="bill")
    client.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    client.put_function_event_invoke_config(FunctionName="bill", MaximumRetryAttempts=1)
    client.add_permission(FunctionName="bill", StatementId="s", Action="*", Principal="*")
    return cloud, client


def everything(client):
    """All that can be seen of the functions."""

    def plain(method, **params):
        try:
            answer = getattr(client, method)(**params)
        except ClientError as error:
            return str(error)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    seen = [plain("get_account_settings"), plain("list_functions"), plain("list_event_source_mappings")]
    for one in client.list_functions()["Functions"]:
        name = {"FunctionName": one["FunctionName"]}
        methods = ("get_function", "list_versions_by_function", "list_aliases", "get_policy")
        seen += [plain(method, **name) for method in (*methods, "list_function_event_invoke_configs")]
    return json.dumps(seen, default=str)


@settings(max_examples=deep(300), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=4))
def test_a_call_is_answered_or_refused_as_a_whole(made):
    cloud, client = prepared()
    for name, params in made:
        before = everything(client)
        try:
            answer = getattr(client, name)(**params)
        except (ClientError, ParamValidationError, minicloud.UsageError):
            assert everything(client) == before
        else:
            assert answer["ResponseMetadata"]["HTTPStatusCode"] in (200, 201, 202, 204)
    for service in cloud.services("lambda"):
        service.check()


WRONG_TYPES = [None, 7, 1.5, b"bytes", [], {}, object(), ("tuple",), {"nested": {1: 2}}, [None], {1: "x"}]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_values_of_the_wrong_type_are_reported(name):
    _, client = prepared()
    shape = OPERATIONS[name].input
    before = everything(client)
    good = {"string": "none", "integer": 1, "blob": b"{}", "map": {}, "list": [], "structure": {}}
    required = {member: good[shape.members[member].kind] for member in shape.required}
    for member in shape.members:
        for value in WRONG_TYPES:
            try:
                getattr(client, name)(**(required | {member: value}))
            except (ClientError, ParamValidationError, minicloud.UsageError):
                continue
            accepted = {"integer": int, "list": list | tuple, "map": dict, "structure": dict, "boolean": bool}
            assert isinstance(value, accepted[shape.members[member].kind]), (member, value)
    assert everything(client) == before
    with pytest.raises(ParamValidationError):
        getattr(client, name)(**required, Nonsense=1)
