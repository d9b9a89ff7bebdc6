"""Tags and resource policies, of streams and of consumers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.kinesis.support import ACCOUNT, ARN, botocores_refusal
from tests.support.answers import answer, refusal
from tests.support.ways import REAL, MakeClient


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


@pytest.fixture
def consumer(kinesis: Any, stream: str) -> str:
    response = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
    return response["Consumer"]["ConsumerARN"]


def tags(kinesis: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in kinesis.list_tags_for_stream(StreamName="s")["Tags"]}


def test_tags_of_a_stream(kinesis: Any, stream: str) -> None:
    assert answer(kinesis.add_tags_to_stream(StreamName=stream, Tags={"b": "1", "a": "2", "é": ""})) == {}
    assert answer(kinesis.list_tags_for_stream(StreamARN=f"{ARN}s")) == {
        "Tags": [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "1"}, {"Key": "é", "Value": ""}],
        "HasMoreTags": False,
    }
    kinesis.add_tags_to_stream(StreamARN=f"{ARN}s", Tags={"b": "new"})
    assert answer(kinesis.remove_tags_from_stream(StreamName=stream, TagKeys=["a", "unknown"])) == {}
    assert tags(kinesis) == {"b": "new", "é": ""}


def test_pages_of_tags(kinesis: Any, stream: str) -> None:
    kinesis.add_tags_to_stream(StreamName=stream, Tags={f"k{place}": "" for place in range(5)})
    first = kinesis.list_tags_for_stream(StreamName=stream, Limit=2)
    assert [tag["Key"] for tag in first["Tags"]] == ["k0", "k1"]
    assert first["HasMoreTags"] is True
    rest = kinesis.list_tags_for_stream(StreamName=stream, ExclusiveStartTagKey="k1")
    assert [tag["Key"] for tag in rest["Tags"]] == ["k2", "k3", "k4"]
    assert rest["HasMoreTags"] is False
    assert refusal(kinesis.list_tags_for_stream, StreamName=stream, Limit=51)[0] == "ValidationException"


@pytest.mark.modelled("kinesis.RegisterStreamConsumer.Tags", "kinesis.TagResource")
def test_tags_of_any_resource(kinesis: Any, stream: str) -> None:
    response = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c", Tags={"of": "consumer"})
    consumer = response["Consumer"]["ConsumerARN"]
    assert answer(kinesis.tag_resource(ResourceARN=f"{ARN}s", Tags={"a": "1"})) == {}
    assert tags(kinesis) == {"a": "1"}
    kinesis.tag_resource(ResourceARN=consumer, Tags={"a": "2"})
    assert answer(kinesis.list_tags_for_resource(ResourceARN=consumer)) == {
        "Tags": [{"Key": "a", "Value": "2"}, {"Key": "of", "Value": "consumer"}]
    }
    assert answer(kinesis.untag_resource(ResourceARN=consumer, TagKeys=["of"])) == {}
    assert kinesis.list_tags_for_resource(ResourceARN=consumer)["Tags"] == [{"Key": "a", "Value": "2"}]
    assert kinesis.list_tags_for_resource(ResourceARN=f"{ARN}s")["Tags"] == [{"Key": "a", "Value": "1"}]


def test_fifty_tags(kinesis: Any, stream: str) -> None:
    kinesis.add_tags_to_stream(StreamName=stream, Tags={f"k{place}": "" for place in range(50)})
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"k0": "again"})
    assert refusal(kinesis.add_tags_to_stream, StreamName=stream, Tags={"k": ""}) == (
        "InvalidArgumentException",
        f"Failed to add tags to stream s under account {ACCOUNT} because a given stream cannot have more than 50 tags "
        "associated with it.",
    )
    assert len(tags(kinesis)) == 50


@pytest.mark.modelled("kinesis.CreateStream.Tags", "kinesis.RegisterStreamConsumer.Tags")
def test_fifty_tags_of_what_is_new(kinesis: Any, stream: str) -> None:
    most = {f"k{place}": "" for place in range(50)}
    one_more = {**most, "k": ""}
    for call, params in (
        (kinesis.create_stream, {"StreamName": "t", "ShardCount": 1}),
        (kinesis.register_stream_consumer, {"StreamARN": f"{ARN}s", "ConsumerName": "c"}),
    ):
        assert refusal(call, **params, Tags=one_more)[0] == "InvalidArgumentException"
        call(**params, Tags=most)
    assert kinesis.list_streams()["StreamNames"] == ["s", "t"]
    assert len(kinesis.list_stream_consumers(StreamARN=f"{ARN}s")["Consumers"]) == 1


@pytest.mark.modelled("kinesis.CreateStream.Tags")
@pytest.mark.parametrize("text", ["a;b", "a,b", "a\tb", "a\nb"])
def test_bad_characters(kinesis: Any, stream: str, text: str) -> None:
    expected = (
        "InvalidArgumentException",
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % "
        "@.",
    )
    assert refusal(kinesis.add_tags_to_stream, StreamName=stream, Tags={text: ""}) == expected
    assert refusal(kinesis.add_tags_to_stream, StreamName=stream, Tags={"a": text}) == expected
    assert refusal(kinesis.remove_tags_from_stream, StreamName=stream, TagKeys=[text]) == expected
    assert refusal(kinesis.create_stream, StreamName="t", ShardCount=1, Tags={text: ""}) == expected
    assert refusal(kinesis.add_tags_to_stream, StreamName="t", Tags={text: ""})[0] == "ResourceNotFoundException"
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"äß_ ./=+-@:9": "日本"})


def test_spaces_of_any_width_pass_and_separators_of_lines_do_not(kinesis: Any, stream: str) -> None:
    """[documented: white space; which signs these are is inferred]"""
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"a\u00a0b": "\u3000"})
    for text in ("\u2028", "\u2029", "\u200b"):
        refused = refusal(kinesis.add_tags_to_stream, StreamName=stream, Tags={"a": text})
        assert refused[1].startswith("Some tags contain invalid characters.")
    assert tags(kinesis) == {"a\u00a0b": "\u3000"}


@pytest.mark.modelled("kinesis.CreateStream.Tags", "kinesis.RegisterStreamConsumer.Tags", "kinesis.TagResource")
@pytest.mark.parametrize("key", ["aws:x", "AWS:cloudformation:stack-name"])
def test_keys_that_are_reserved(kinesis: Any, consumer: str, key: str) -> None:
    """[documented; text and code are inferred]"""
    register = kinesis.register_stream_consumer
    expected = ("InvalidArgumentException", "aws: prefixed tag key names are not allowed for external use.")
    assert refusal(kinesis.add_tags_to_stream, StreamName="s", Tags={"a": "b", key: "x"}) == expected
    assert refusal(kinesis.tag_resource, ResourceARN=consumer, Tags={key: "x"}) == expected
    assert refusal(kinesis.create_stream, StreamName="t", Tags={key: "x"}) == expected
    assert refusal(register, StreamARN=f"{ARN}s", ConsumerName="another", Tags={key: "x"}) == expected
    assert kinesis.list_tags_for_stream(StreamName="s")["Tags"] == []
    kinesis.add_tags_to_stream(StreamName="s", Tags={"x:aws:": "aws:"})


def test_per_cent_is_valid_and_refused(kinesis: Any, stream: str) -> None:
    text = (
        f"Failed to {{}} stream s under account {ACCOUNT} because some tags contained illegal characters. The allowed "
        "characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'."
    )
    assert refusal(kinesis.add_tags_to_stream, StreamName=stream, Tags={"a%": ""}) == (
        "InvalidArgumentException",
        text.format("add tags to"),
    )
    assert refusal(kinesis.remove_tags_from_stream, StreamName=stream, TagKeys=["a%"]) == (
        "InvalidArgumentException",
        text.format("remove tags from"),
    )


def test_tags_that_break_the_model(kinesis: Any, stream: str) -> None:
    code, text = refusal(kinesis.add_tags_to_stream, StreamName=stream, Tags={"k" * 129: "v" * 257})
    assert code == "ValidationException"
    value = f"Value '{{{'k' * 129}={'v' * 257}}}' at 'tags' failed to satisfy constraint: "
    assert text == (
        "2 validation errors detected: "
        f"{value}Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must "
        f"have length greater than or equal to 1]; {value}Map value must satisfy constraint: [Member must have length "
        "less than or equal to 256, Member must have length greater than or equal to 0]"
    )
    assert refusal(kinesis.add_tags_to_stream, StreamName=stream, Tags={}) == (
        "ValidationException",
        "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1",
    )
    assert refusal(kinesis.remove_tags_from_stream, StreamName=stream, TagKeys=["k" * 129, "x"]) == (
        "ValidationException",
        f"1 validation error detected: Value '[{'k' * 129}, x]' at 'tagKeys' failed to satisfy constraint: Member must "
        "satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than "
        "or equal to 1]",
    )


@pytest.mark.modelled("kinesis.TagResource")
def test_resources_that_are_not_there(make_client: MakeClient, kinesis: Any, way: str, consumer: str) -> None:
    unknown = [f"{ARN}t", f"{ARN}s/consumer/d:1", consumer + "0", f"{ARN}s/x"]
    for arn in unknown:
        for call, params in (
            (kinesis.tag_resource, {"Tags": {"a": "b"}}),
            (kinesis.untag_resource, {"TagKeys": ["a"]}),
            (kinesis.list_tags_for_resource, {}),
            (kinesis.get_resource_policy, {}),
            (kinesis.put_resource_policy, {"Policy": "{}"}),
            (kinesis.delete_resource_policy, {}),
        ):
            assert refusal(call, ResourceARN=arn, **params)[0] == "ResourceNotFoundException"
    nonsense = {"ResourceARN": "nonsense", "Tags": {"a": "b"}}
    if way in REAL:
        assert "Invalid ARN" in botocores_refusal(kinesis.tag_resource, **nonsense)
    else:
        assert refusal(kinesis.tag_resource, **nonsense)[0] == "ValidationException"
    other = make_client("kinesis", account_id="210987654321")
    assert refusal(other.list_tags_for_resource, ResourceARN=f"{ARN}s")[0] == "AccessDeniedException"


# --- policies -------------------------------------------------------------------------------------------------------


def statement(arn: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kinesis:PutRecord",
        "Resource": arn,
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


@pytest.mark.parametrize("kind", ["stream", "consumer"])
def test_policies(kinesis: Any, consumer: str, kind: str) -> None:
    arn = consumer if kind == "consumer" else f"{ARN}s"
    none = {"Policy": "{}"}
    assert answer(kinesis.get_resource_policy(ResourceARN=arn)) == none
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement(arn)]})
    assert answer(kinesis.put_resource_policy(ResourceARN=arn, Policy=policy)) == {}
    assert json.loads(kinesis.get_resource_policy(ResourceARN=arn)["Policy"]) == json.loads(policy)
    other = json.dumps({"Statement": statement(arn, Action=["KINESIS:PutRecord", "kinesis:PutRecords"])})
    kinesis.put_resource_policy(ResourceARN=arn, Policy=other)
    assert json.loads(kinesis.get_resource_policy(ResourceARN=arn)["Policy"]) == json.loads(other)
    assert answer(kinesis.delete_resource_policy(ResourceARN=arn)) == {}
    assert answer(kinesis.get_resource_policy(ResourceARN=arn)) == none
    assert refusal(kinesis.delete_resource_policy, ResourceARN=arn) == (
        "ResourceNotFoundException",
        f"No resource policy found for resource ARN {arn}.",
    )


def test_policies_of_streams_that_are_not_there(kinesis: Any) -> None:
    expected = ("ResourceNotFoundException", f"Stream {ARN}t under account {ACCOUNT} not found.")
    for call in (kinesis.get_resource_policy, kinesis.delete_resource_policy):
        assert refusal(call, ResourceARN=f"{ARN}t") == expected
    assert refusal(kinesis.put_resource_policy, ResourceARN=f"{ARN}t", Policy="{}") == expected


NO_POLICY = "Policy validation error: The policy is not a valid JSON policy document."
AT = "Resource policy contains invalid statement at line 1, column 38: "
VENDOR = f"{AT}Action field includes AWS services that are inconsistent with specified vendor"
OTHER = f"{AT}The resource policy's resource must be the same as the resource ARN."


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Principal": None}, "Missing required field Principal"),
        ({"Principal": None, "NotPrincipal": "*"}, "Has prohibited field NotPrincipal"),
        ({"Action": "logs:PutLogEvents"}, VENDOR),
        ({"Action": ["kinesis:PutRecord", "logs:PutLogEvents"]}, VENDOR),
        *[
            ({"Action": action}, "error: Action field cannot contain invalid actions")
            for action in ("kinesis:*", "*", ["kinesis:Put*"])
        ],
        ({"Resource": "*"}, OTHER),
        ({"Resource": f"{ARN}t"}, OTHER),
        # The rest is inferred, and its text not AWS's known one.
        *[({name: None}, NO_POLICY) for name in ("Effect", "Action")],
        ({"Resource": None}, ""),
        ({"Effect": "Perhaps"}, NO_POLICY),
        ({"Action": []}, NO_POLICY),
    ],
)
def test_policies_that_are_refused(kinesis: Any, stream: str, changes: dict[str, Any], text: str) -> None:
    """[the texts: seen on AWS, 2026; the code is inferred]"""
    policy = {"Version": "2012-10-17", "Statement": [statement(f"{ARN}s", **changes)]}
    compact = json.dumps(policy, separators=(",", ":"))
    code, message = refusal(kinesis.put_resource_policy, ResourceARN=f"{ARN}s", Policy=compact)
    assert code == "InvalidArgumentException"
    assert message.startswith("Policy validation error: ")
    assert message.endswith(text)
    assert kinesis.get_resource_policy(ResourceARN=f"{ARN}s")["Policy"] == "{}"


def test_where_a_statement_is(kinesis: Any, stream: str) -> None:
    good, bad = statement(f"{ARN}s"), statement(f"{ARN}s", Resource="*")
    text = f'{{"Id": "[{{",\n "Statement": [ {json.dumps(good)},\n\n  {json.dumps(bad)} ] }}'
    _, message = refusal(kinesis.put_resource_policy, ResourceARN=f"{ARN}s", Policy=text)
    assert "at line 4, column 3: " in message
    for policy, where in (
        (f"\n{text}", "line 5, column 3"),
        (f'{{"Statement": {json.dumps(bad)}}}', "line 1, column 15"),
    ):
        _, message = refusal(kinesis.put_resource_policy, ResourceARN=f"{ARN}s", Policy=policy)
        assert f"at {where}: " in message


@pytest.mark.parametrize(
    "policy", ["", "{", "[]", "1", "[" * 100_000, "{}", '{"Statement":[]}', '{"Statement":["x"]}', '{"Statement":"x"}']
)
def test_what_is_no_policy(kinesis: Any, stream: str, policy: str) -> None:
    assert refusal(kinesis.put_resource_policy, ResourceARN=f"{ARN}s", Policy=policy) == (
        "InvalidArgumentException",
        NO_POLICY,
    )
