"""Whatever is thrown at SQS is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.core.shapes import Shape
from minicloud.services.sqs.service import Sqs
from tests.support.depth import deep
from tests.support.ways import error_class

from .support import ERRORS, OTHER_ACCOUNT, arn_of, receive, redrive, send, send_to_groups, snapshot, url_of

OPERATIONS = operations_of(Sqs)

# --- what calls are made of -----------------------------------------------------------------------------------------

QUEUES = ["plain", "line.fifo", "dead", "dead.fifo"]
HANDLE, FIFO_HANDLE, OLD_HANDLE, TASK = "<handle>", "<fifo handle>", "<old handle>", "<task>"

texts = st.text(st.characters(codec=None), max_size=6) | st.sampled_from(["\ud800", "x" * 200, "\0", "a b", "٣"])


STATEMENT = {"Sid": "s", "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
ATTRIBUTES = {
    "DelaySeconds": ["0", "5", "901", "x"],
    "MaximumMessageSize": ["1024", "1", "1048576"],
    "MessageRetentionPeriod": ["60", "345600", "59"],
    "VisibilityTimeout": ["0", "30", "43201"],
    "RedrivePolicy": [
        "",
        "{}",
        "[",
        redrive("dead", 1),
        redrive("dead.fifo", "2"),
        redrive("plain", 0),
        redrive("x", 1),
    ],
    "RedriveAllowPolicy": ["", '{"redrivePermission":"denyAll"}', '{"redrivePermission":[]}', "{"],
    "Policy": ["", "{", json.dumps({"Statement": STATEMENT}), '{"Statement":[{"Action":{}}]}', "[" * 5000],
    "KmsMasterKeyId": ["", "key"],
    "SqsManagedSseEnabled": ["true", "FALSE", ""],
    "FifoQueue": ["true", "false"],
    "ContentBasedDeduplication": ["true", "no"],
    "DeduplicationScope": ["queue", "messageGroup", ""],
    "FifoThroughputLimit": ["perQueue", "perMessageGroupId"],
    "QueueArn": ["x"],
    "Nonsense": ["x"],
}
attributes = st.sets(st.sampled_from(sorted(ATTRIBUTES)), max_size=3).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(ATTRIBUTES[name]) for name in names})
)
types = st.sampled_from(["String", "Number", "Binary", "String.x", "Number.", "", "Text", "Binary.gif"])
message_attributes = st.dictionaries(
    st.sampled_from(["n", "a.b", ".a", "AWS.x", "", "é", "AWSTraceHeader", "\ud800"]),
    st.fixed_dictionaries(
        {"DataType": types},
        optional={
            "StringValue": st.sampled_from(["x", "1", "", "1e999", "NaN", "\0"]),
            "BinaryValue": st.binary(max_size=2),
            "StringListValues": st.lists(texts, max_size=1),
            "BinaryListValues": st.just([]),
        },
    ),
    max_size=2,
)
names = st.sampled_from([*QUEUES, "other", "other.fifo"]) | texts
good_urls = [url_of(name) for name in QUEUES]
other_urls = [url_of("plain", account_id=OTHER_ACCOUNT), "https://sqs.eu-west-1.amazonaws.com/1/plain"]
urls = st.sampled_from(good_urls * 4) | st.sampled_from([*other_urls, "plain", "x", "/", "//", "http://"])
arns = st.sampled_from([arn_of(name) for name in [*QUEUES, "x"]] + ["arn:::::", "arn:aws:sns:us-east-1:1:t", "x", ""])
numbers = st.sampled_from([0, 1, 2, 5, 10, 20, 30, 500, 900, 43_199]) | st.integers(-1, 50_000) | st.just(2**70)

MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "QueueUrl": urls,
    "QueueName": names,
    "QueueNamePrefix": names,
    "QueueOwnerAWSAccountId": st.sampled_from(["123456789012", OTHER_ACCOUNT, "x", ""]),
    "ReceiptHandle": st.sampled_from([HANDLE, FIFO_HANDLE, OLD_HANDLE] * 3) | texts,
    "SourceArn": arns,
    "DestinationArn": arns,
    "TaskHandle": st.just(TASK) | texts,
    "NextToken": texts | st.sampled_from(["e30=", "W10=", "bnVsbA=="]),
    "Attributes": attributes,
    "MessageAttributes": message_attributes,
    "MessageSystemAttributes": message_attributes,
    "AttributeNames": st.lists(st.sampled_from(["All", "QueueArn", "SenderId", "Policy", "x", ""]), max_size=2),
    "MessageSystemAttributeNames": st.lists(st.sampled_from(["All", "SenderId", "x"]), max_size=2),
    "MessageAttributeNames": st.lists(st.sampled_from(["All", "n", "a.*", "*", ".*", ""]) | texts, max_size=2),
    "Label": st.sampled_from(["taken", "new", "a b", ""]),
    "AWSAccountIds": st.lists(st.sampled_from([OTHER_ACCOUNT] * 9 + ["x"]), max_size=2),
    "Actions": st.lists(st.sampled_from(["*", "SendMessage"] * 9 + ["DeleteQueue", "x"]), max_size=8),
    "Tags": st.dictionaries(st.sampled_from(["k", "l", "", "aws:x"]) | texts, texts, max_size=2),
    "TagKeys": st.lists(st.sampled_from(["k", "x"]) | texts, max_size=2),
    "MessageBody": st.sampled_from(["x", "y"] * 5 + ["x" * 2000]) | texts,
    "MessageGroupId": st.sampled_from(["g", "h"] * 5) | texts,
    "MessageDeduplicationId": st.sampled_from(["g-1", "d"] * 5) | texts,
    "Id": st.sampled_from([*"abcdefghijkl"] * 5) | texts,
}
MEMBERS["tags"] = MEMBERS["Tags"]

odd = st.sampled_from([None, True, object(), [None], {None: None}])
junk = odd | st.integers() | st.floats() | texts | st.binary(max_size=5)


def values_of(shape: Shape, name: str) -> st.SearchStrategy[Any]:
    """Mostly plausible values of a member."""
    if name in MEMBERS:
        return MEMBERS[name]
    if shape.kind == "structure":
        return parameters_of(shape)
    if shape.kind == "list":
        assert shape.member is not None
        return st.lists(values_of(shape.member, name), max_size=4) | st.lists(
            values_of(shape.member, name), min_size=11, max_size=11
        )
    return numbers if shape.kind == "integer" else texts


def parameters_of(shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    members = {name: values_of(member, name) for name, member in shape.members.items()}
    required = {name: values for name, values in members.items() if name in shape.required}
    optional = {name: values for name, values in members.items() if name not in shape.required}
    return st.fixed_dictionaries(required, optional=optional)


def with_junk(call: tuple[str, dict[str, Any]]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    name, params = call
    members = [*OPERATIONS[name].input.members, "Nonsense"]
    return st.dictionaries(st.sampled_from(members), junk, max_size=2).map(lambda wrong: (name, params | wrong))


calls = st.sampled_from(sorted(OPERATIONS)).flatmap(
    lambda name: st.tuples(st.just(name), parameters_of(OPERATIONS[name].input))
)

# --- where they happen ----------------------------------------------------------------------------------------------


class Place:
    """A few queues with messages in all states, a permission, a tag and a task that is running."""

    def __init__(self) -> None:
        self.cloud = minicloud.Cloud(clock="virtual", seed=1)
        self.sqs: Any = self.cloud.client("sqs")
        self.caller = self.sqs
        """Makes the calls; the other one sets up and looks."""
        for name in ("dead", "dead.fifo", "plain", "line.fifo"):
            fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
            if not name.startswith("dead"):
                fifo["RedrivePolicy"] = redrive("dead" + name[name.find(".") :] * (".fifo" in name), 3)
            self.sqs.create_queue(QueueName=name, Attributes=fifo)
        plain, line, dead = (url_of(name) for name in ("plain", "line.fifo", "dead"))
        send(self.sqs, dead, *"xyz")
        send(self.sqs, plain, *"abc")
        send(self.sqs, plain, "later", DelaySeconds=900)
        send_to_groups(self.sqs, line, "g-1", "g-2", "h-1")
        old = receive(self.sqs, plain, 1, VisibilityTimeout=0)[0]
        new = receive(self.sqs, plain, 1)[0]
        ordered = receive(self.sqs, line, 1, ReceiveRequestAttemptId="before")[0]
        self.sqs.add_permission(QueueUrl=plain, Label="taken", AWSAccountIds=[OTHER_ACCOUNT], Actions=["*"])
        self.sqs.tag_queue(QueueUrl=plain, Tags={"k": "v"})
        task = self.sqs.start_message_move_task(
            SourceArn=arn_of("dead"), DestinationArn=arn_of("plain"), MaxNumberOfMessagesPerSecond=1
        )
        self.real = {
            HANDLE: new["ReceiptHandle"],
            OLD_HANDLE: old["ReceiptHandle"],
            FIFO_HANDLE: ordered["ReceiptHandle"],
            TASK: task["TaskHandle"],
        }

    def fill_in(self, value: Any) -> Any:
        """The value with real handles in place of words for them."""
        if isinstance(value, dict):
            return {name: self.fill_in(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.fill_in(item) for item in value]
        return self.real.get(value, value) if isinstance(value, str) else value

    def seen(self) -> Any:
        queues = snapshot(self.cloud, self.sqs)
        if url_of("dead") not in queues:
            return queues
        return queues, self.sqs.list_message_move_tasks(SourceArn=arn_of("dead"), MaxResults=10).get("Results")

    def throw(self, name: str, params: dict[str, Any]) -> None:
        """Make the call: it is answered, or refused without a trace."""
        call: Callable[..., Any] = getattr(self.caller, OPERATIONS[name].method_name)
        before, then = self.seen(), self.cloud.clock.time_ns()
        try:
            answer = call(**self.fill_in(params))
        except error_class("ParamValidationError"):
            pass
        except error_class("ClientError") as error:
            self.check_refusal(vars(error)["response"])
        else:
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
            self.check(name, answer)
            return
        assert self.cloud.clock.time_ns() == then
        assert self.seen() == before

    def check_refusal(self, answer: dict[str, Any]) -> None:
        """It has a code of the table, and what belongs to it."""
        shape, status = ERRORS[answer["Error"]["Code"]]
        assert answer["Error"]["QueryErrorCode"] == shape
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status

    def check(self, name: str, answer: dict[str, Any]) -> None:
        """An answer has members of its annotation only, in their order, and no empty collections."""
        result = OPERATIONS[name].result
        members = [] if result is type(None) else list(result.__annotations__)
        found = [member for member in answer if member != "ResponseMetadata"]
        assert found == [member for member in members if member in answer]
        assert list(answer)[-1] == "ResponseMetadata"
        for member in found:
            assert member == "queueUrls" or answer[member] not in ([], {}, None)


@settings(max_examples=deep(300))
@given(calls)
def test_plausible_calls(call: tuple[str, dict[str, Any]]) -> None:
    Place().throw(*call)


@settings(max_examples=deep(300))
@given(calls.flatmap(with_junk))
def test_calls_with_junk(call: tuple[str, dict[str, Any]]) -> None:
    Place().throw(*call)


@settings(max_examples=deep(40))
@given(st.lists(calls, min_size=2, max_size=15))
def test_one_call_after_the_other(many: list[tuple[str, dict[str, Any]]]) -> None:
    place = Place()
    for name, params in many:
        place.throw(name, params)
        place.cloud.clock.advance(0.3)
