"""What is refused about queues as such: names, attributes, listings, tags, permissions. One row for each text.

Each row is run through every way in; code, text and the whole form of the error are checked, and that nothing changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .support import LEGACY, OTHER_ACCOUNT, NewQueue, Stage, arn_of, attributes

NAME = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
FIFO_NAME = (
    "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
    "must end with .fifo suffix and be 1 to 80 in length."
)
MAX_RESULTS = "Value for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and 1000."
GONE = "The specified queue does not exist."
SSE = "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."


def create(name: str, **attributes: str) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.create_queue(QueueName=name, Attributes=attributes)


def set_(**attributes: str) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.set_queue_attributes(QueueUrl=stage.url, Attributes=attributes)


def set_fifo(**attributes: str) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.set_queue_attributes(QueueUrl=stage.fifo, Attributes=attributes)


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", " ", "a b", "a.b", "q.fifo", "ä", "a\n", "a/b", "x" * 81])
def test_names_of_standard_queues(stage: Stage, name: str) -> None:
    stage.refuse("InvalidParameterValue", NAME, create(name))


@pytest.mark.parametrize("name", ["q", ".fifo", "q.FIFO", "q.fifo ", "a b.fifo", "x" * 76 + ".fifo"])
def test_names_of_fifo_queues(stage: Stage, name: str) -> None:
    stage.refuse("InvalidParameterValue", FIFO_NAME, create(name, FifoQueue="true"))


# --- attributes ----------------------------------------------------------------------------------------------------

RANGES = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
}


@pytest.mark.parametrize("name", RANGES)
def test_integers(stage: Stage, name: str) -> None:
    low, high = RANGES[name]
    numbers = [str(low - 1), str(high + 1), f" {low}", f"{low} ", f"+{low}", f"{low}.0", "5.5", "9" * 30]
    for value in (*numbers, "", " ", "ten", "٣"):
        message = f"Invalid value for the parameter {name}."
        stage.refuse("InvalidAttributeValue", message, set_(**{name: value}))
        stage.refuse("InvalidAttributeValue", message, create("other", **{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SqsManagedSseEnabled", "yes"),
        ("SqsManagedSseEnabled", ""),
        ("SqsManagedSseEnabled", "1"),
        ("ContentBasedDeduplication", "maybe"),
        ("DeduplicationScope", "Queue"),
        ("DeduplicationScope", ""),
        ("FifoThroughputLimit", "perqueue"),
    ],
)
def test_booleans_and_choices(stage: Stage, name: str, value: str) -> None:
    stage.refuse("InvalidAttributeValue", f"Invalid value for the parameter {name}.", set_fifo(**{name: value}))


READ_ONLY = [
    "QueueArn",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


@pytest.mark.parametrize("name", [*READ_ONLY, "All", "visibilityTimeout", "Foo", ""])
def test_unknown_and_read_only_attributes(stage: Stage, name: str) -> None:
    message = f"Unknown Attribute {name}."
    stage.refuse("InvalidAttributeName", message, set_(**{name: "1"}))
    stage.refuse("InvalidAttributeName", message, create("other", **{name: "1"}))


# fmt: off
ATTRIBUTE_ROWS = [
    ("InvalidAttributeName", "Unknown Attribute FifoQueue.", create("other", FifoQueue="false")),
    ("InvalidAttributeName", "Unknown Attribute FifoQueue.", set_(FifoQueue="true")),
    ("InvalidAttributeName", "Unknown Attribute FifoQueue.", set_(FifoQueue="false")),
    ("InvalidAttributeName", "Unknown Attribute ContentBasedDeduplication.", set_(ContentBasedDeduplication="true")),
    ("InvalidAttributeName", "Unknown Attribute ContentBasedDeduplication.", set_(ContentBasedDeduplication="false")),
    ("InvalidAttributeName", "You can specify the DeduplicationScope only when FifoQueue is set to true.",
     set_(DeduplicationScope="queue")),
    ("InvalidAttributeName", "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
     create("other", FifoThroughputLimit="perQueue")),
    ("InvalidAttributeName", SSE, set_(KmsMasterKeyId="alias/aws/sqs", SqsManagedSseEnabled="true")),
    ("InvalidAttributeName", SSE, create("other", SqsManagedSseEnabled="True", KmsMasterKeyId="key")),
    ("InvalidAttributeValue",
     "Invalid value for the parameter FifoThroughputLimit. Reason: To set FifoThroughputLimit to perMessageGroupId, "
     "the DeduplicationScope must be messageGroup.", set_fifo(FifoThroughputLimit="perMessageGroupId")),
    ("InvalidAttributeValue",
     "Invalid value for the parameter FifoThroughputLimit. Reason: To set FifoThroughputLimit to perMessageGroupId, "
     "the DeduplicationScope must be messageGroup.",
     create("a.fifo", FifoQueue="true", FifoThroughputLimit="perMessageGroupId", DeduplicationScope="queue")),
    ("InvalidAttributeValue",
     "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
     set_fifo(FifoQueue="false")),
    ("MissingParameter", "The request must contain the parameter Attribute.Name.", set_()),
    ("InvalidAttributeName", "Unknown Attribute Foo.", set_(VisibilityTimeout="77", DelaySeconds="7", Foo="1")),
    ("InvalidAttributeValue", "Invalid value for the parameter DelaySeconds.",
     set_(VisibilityTimeout="77", DelaySeconds="x")),
]
# fmt: on


@pytest.mark.parametrize(("code", "message", "call"), ATTRIBUTE_ROWS)
def test_attributes_and_their_queues(stage: Stage, code: str, message: str, call: Callable[[Stage], Any]) -> None:
    stage.refuse(code, message, call)


GRANTABLE = [
    "*", "ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ListDeadLetterSourceQueues",
    "PurgeQueue", "ReceiveMessage", "SendMessage",
]  # fmt: skip


def statement(**changes: Any) -> dict[str, Any]:
    return {"Sid": "s", "Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage", "Resource": "*", **changes}


NOBODY = [
    "nobody",
    "",
    "12345678901",
    "arn:aws:iam::12345678901:root",
    "arn:aws:iam::123456789012",
    "arn:aws:iam::123456789012:",
    "arn:aws:sns:us-east-1:123456789012:topic",  # a topic is a source, not who sends
]
"""Nobody can be named so. [a principal that does not exist: seen on AWS, 2016 to 2025]"""


@pytest.mark.parametrize(
    "policy",
    [
        "not json",
        "[]",
        '"text"',
        "{}",
        '{"Statement": []}',
        json.dumps({"Version": "2020-01-01", "Statement": [statement()]}),
        json.dumps({"Statement": "x"}),
        json.dumps({"Statement": [statement(Effect="Perhaps")]}),
        json.dumps({"Statement": [statement(Action=[])]}),
        json.dumps({"Statement": [statement(Principal="me")]}),
        json.dumps({"Statement": [statement(), statement()]}),
        json.dumps({"Statement": [statement(), "x"]}),
        json.dumps({"Statement": statement(), "Id": 1}),
        json.dumps({"Statement": statement(Sid=1)}),
        json.dumps({"Statement": statement(Condition=[])}),
        json.dumps({"Statement": statement(NotPrincipal="*")}),
        json.dumps({"Statement": statement(NotAction="SQS:SendMessage")}),
        json.dumps({"Statement": statement(NotResource="*")}),
        json.dumps({"Statement": statement(Resource=[])}),
        json.dumps({"Statement": statement(Resource=1)}),
        json.dumps({"Statement": statement(Principal={})}),
        json.dumps({"Statement": statement(Principal={"AWS": []})}),
        json.dumps({"Statement": statement(Principal={"AWS": "*", "Service": 1})}),
        json.dumps({"Statement": statement(Principal=["*"])}),
        json.dumps({"Statement": statement(Principal={"Aws": "*"})}),
        *(json.dumps({"Statement": statement(Principal={"AWS": ["123456789012", nobody]})}) for nobody in NOBODY),
        json.dumps({"Statement": statement(Action=["SQS:SendMessage", 1])}),
        json.dumps({"Statement": statement(Action=["SQS:SendMessage", "SNS:Publish"])}),
        json.dumps({"Statement": {name: one for name, one in statement().items() if name != "Principal"}}),
        json.dumps({"Statement": {name: one for name, one in statement().items() if name != "Action"}}),
    ],
)
def test_policies(stage: Stage, policy: str) -> None:
    stage.refuse("InvalidAttributeValue", "Invalid value for the parameter Policy.", set_(Policy=policy))
    stage.refuse("InvalidAttributeValue", "Invalid value for the parameter Policy.", create("other", Policy=policy))


# The texts of policies are others than AddPermission's. [seen on AWS, 2016 to 2025]


@pytest.mark.parametrize("policy", [json.dumps({"Id": "x" * 8192, "Statement": [statement()]}), "x" * 8193])
def test_policies_that_are_too_long(stage: Stage, policy: str) -> None:
    stage.refuse("OverLimit", "Submitted policy is over max allowed size.", set_(Policy=policy))
    stage.refuse("OverLimit", "Submitted policy is over max allowed size.", create("other", Policy=policy))


def largest(**changes: Any) -> str:
    """A policy of 8,192 bytes."""
    return json.dumps({"Statement": statement(Sid="x" * (8193 - len(json.dumps({"Statement": statement()}))))})


@pytest.mark.parametrize(
    "policy",
    [
        largest(),
        *(json.dumps({"Version": version, "Statement": statement()}) for version in ("2008-10-17", "2012-10-17")),
        json.dumps({"Id": "x", "Statement": statement(Effect="Deny", Resource=["*", "arn:aws:sqs:*:*:*"])}),
        json.dumps({"Statement": [statement(Sid=f"s{number}") for number in range(20)]}),
        json.dumps({"Statement": statement(Principal={"AWS": ["123456789012"] * 49, "Service": "sns.amazonaws.com"})}),
        json.dumps(
            {
                "Statement": statement(
                    Principal={
                        "AWS": [
                            "*",
                            "111122223333",
                            "arn:aws:iam::111122223333:root",
                            "arn:aws-cn:iam::111122223333:user/path/name",
                            "arn:aws:sts::111122223333:assumed-role/role/session",
                            "AIDAEXAMPLEEXAMPLE00",
                        ],
                        "Federated": "cognito-identity.amazonaws.com",
                    }
                )
            }
        ),
        json.dumps(
            {"Statement": statement(Action=["*", "sqs:*", "SQS:sendmessage", "sqs:Get*", "SQS:Receive?essage"])}
        ),
        json.dumps({"Statement": statement(Action=[f"sqs:{action}" for action in sorted(GRANTABLE)[1:8]])}),
        json.dumps({"Statement": statement(Action=[f"SQS:{action}" for action in sorted(GRANTABLE)[2:]])}),
        json.dumps(
            {
                "Statement": {
                    "Effect": "Deny",
                    "NotPrincipal": {"AWS": "123456789012"},
                    "NotAction": "SQS:SendMessage",
                    "NotResource": "*",
                }
            }
        ),
        json.dumps({"Statement": {name: one for name, one in statement().items() if name not in ("Sid", "Resource")}}),
    ],
)
def test_forms_that_policies_can_have(sqs: Any, new_queue: NewQueue, policy: str) -> None:
    url = new_queue("queue")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert attributes(sqs, url, "Policy") == {"Policy": policy}


def test_policy_with_too_many_statements(stage: Stage) -> None:
    policy = json.dumps({"Statement": [statement(Sid=f"s{number}") for number in range(21)]})
    message = "21 statements were found in the submitted policy, max allowed is 20"
    stage.refuse("OverLimit", message, set_(Policy=policy))


def test_policy_with_too_many_principals(stage: Stage) -> None:
    users = [f"arn:aws:iam::123456789012:user/{number}" for number in range(51)]
    policy = json.dumps({"Statement": [statement(Principal={"AWS": users})]})
    stage.refuse("OverLimit", "51 Principals were found, maximum allowed is 50.", set_(Policy=policy))


def test_everybody_counts_as_one_principal(stage: Stage) -> None:
    users = [f"arn:aws:iam::123456789012:user/{number}" for number in range(49)]
    everybody = [statement(Principal="*", Sid=f"s{number}") for number in range(2)]
    policy = json.dumps({"Statement": [statement(Principal={"AWS": users}), *everybody]})
    stage.refuse("OverLimit", "51 Principals were found, maximum allowed is 50.", set_(Policy=policy))


def test_policy_with_as_many_principals_as_there_may_be(sqs: Any, url: str) -> None:
    users = [f"arn:aws:iam::123456789012:user/{number}" for number in range(49)]
    statements = [statement(Principal={"AWS": users}), statement(Principal="*", Sid="everybody")]
    policy = json.dumps({"Statement": statements})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert attributes(sqs, url, "Policy") == {"Policy": policy}


def test_policy_with_too_many_actions(stage: Stage) -> None:
    policy = json.dumps({"Statement": [statement(Action=["SQS:SendMessage"] * 8)]})
    message = "8 actions were found in a statement from the submitted policy, max allowed is 7"
    stage.refuse("OverLimit", message, set_(Policy=policy))


def test_policy_with_too_many_conditions(stage: Stage) -> None:
    one = {
        "StringLike": {f"aws:RequestTag/{number}": "x" for number in range(4)},
        "Bool": {"aws:SecureTransport": "true"},
    }
    two = {"StringEquals": {f"aws:RequestTag/{number}": "x" for number in range(6)}}
    statements = [statement(Condition=one, Sid="one"), statement(Condition=two, Sid="two")]
    policy = json.dumps({"Statement": statements})
    stage.refuse("OverLimit", "11 Conditions were found, maximum allowed is 10.", set_(Policy=policy))
    del one["Bool"]
    stage.sqs.set_queue_attributes(QueueUrl=stage.url, Attributes={"Policy": json.dumps({"Statement": statements})})


# --- a name that exists or existed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DelaySeconds", "1"),
        ("MaximumMessageSize", "2048"),
        ("MessageRetentionPeriod", "60"),
        ("ReceiveMessageWaitTimeSeconds", "1"),
        ("VisibilityTimeout", "31"),
        ("RedrivePolicy", json.dumps({"deadLetterTargetArn": arn_of("plain"), "maxReceiveCount": 1})),
        ("RedriveAllowPolicy", '{"redrivePermission": "denyAll"}'),
        ("KmsMasterKeyId", "alias/aws/sqs"),
        ("SqsManagedSseEnabled", "false"),
        ("Policy", json.dumps({"Statement": [statement()]})),
    ],
)
def test_an_existing_queue_with_another_attribute(stage: Stage, name: str, value: str) -> None:
    message = f"A queue already exists with the same name and a different value for attribute {name}"
    stage.refuse("QueueAlreadyExists", message, create("plain", **{name: value}))


@pytest.mark.parametrize(
    ("name", "value"), [("ContentBasedDeduplication", "true"), ("DeduplicationScope", "messageGroup")]
)
def test_an_existing_fifo_queue_with_another_attribute(stage: Stage, name: str, value: str) -> None:
    message = f"A queue already exists with the same name and a different value for attribute {name}"
    stage.refuse("QueueAlreadyExists", message, create("line.fifo", FifoQueue="true", **{name: value}))


def test_a_name_deleted_a_minute_ago(stage: Stage) -> None:
    stage.sqs.delete_queue(QueueUrl=stage.url)
    message = "You must wait 60 seconds after deleting a queue before you can create another with the same name."
    stage.refuse(f"{LEGACY}QueueDeletedRecently", message, create("plain"))


def test_a_second_purge_within_a_minute(stage: Stage) -> None:
    stage.sqs.purge_queue(QueueUrl=stage.url)
    message = "Only one PurgeQueue operation on plain is allowed every 60 seconds."
    stage.refuse(f"{LEGACY}PurgeQueueInProgress", message, lambda s: s.sqs.purge_queue(QueueUrl=s.url))


# --- which queue ---------------------------------------------------------------------------------------------------

ON_A_QUEUE: dict[str, dict[str, Any]] = {
    "add_permission": {"Label": "l", "AWSAccountIds": ["1"], "Actions": ["*"]},
    "change_message_visibility": {"ReceiptHandle": "nonsense", "VisibilityTimeout": 1},
    "change_message_visibility_batch": {"Entries": []},
    "delete_message": {"ReceiptHandle": "nonsense"},
    "delete_message_batch": {"Entries": []},
    "delete_queue": {},
    "get_queue_attributes": {"AttributeNames": ["All"]},
    "list_dead_letter_source_queues": {"MaxResults": 0},
    "list_queue_tags": {},
    "purge_queue": {},
    "receive_message": {"MaxNumberOfMessages": 0},
    "remove_permission": {"Label": "l"},
    "send_message": {"MessageBody": "x", "DelaySeconds": -1},
    "send_message_batch": {"Entries": []},
    "set_queue_attributes": {"Attributes": {"Foo": "1"}},
    "tag_queue": {"Tags": {"": "x"}},
    "untag_queue": {"TagKeys": [""]},
}
"""Parameters that have to be refused as well: that there is no such queue is found first."""


@pytest.mark.parametrize("operation", ON_A_QUEUE)
@pytest.mark.parametrize(
    "url",
    [
        "https://sqs.us-east-1.amazonaws.com/123456789012/nothing",
        f"https://sqs.us-east-1.amazonaws.com/{OTHER_ACCOUNT}/plain",
        "https://sqs.us-east-1.amazonaws.com/123456789012/PLAIN",
        "http://whatever",
        "nothing",
        "/",
    ],
)
def test_queues_that_do_not_exist(stage: Stage, operation: str, url: str) -> None:
    params = {"QueueUrl": url, **ON_A_QUEUE[operation]}
    stage.refuse(f"{LEGACY}NonExistentQueue", GONE, lambda s: getattr(s.sqs, operation)(**params))


@pytest.mark.parametrize("operation", ON_A_QUEUE)
def test_the_url_is_empty(stage: Stage, operation: str) -> None:
    message = "The request must contain the parameter QueueUrl."
    stage.refuse("MissingParameter", message, lambda s: getattr(s.sqs, operation)(QueueUrl="", **ON_A_QUEUE[operation]))


@pytest.mark.parametrize("name", ["nothing", "http://whatever"])
@pytest.mark.parametrize(
    ("operation", "missing", "params"),
    [
        ("add_permission", "Label", {"Label": "", "AWSAccountIds": ["1"], "Actions": ["*"]}),
        ("add_permission", "Actions", {"Label": "not a label", "AWSAccountIds": ["1"], "Actions": []}),
        ("change_message_visibility", "ReceiptHandle", {"ReceiptHandle": "", "VisibilityTimeout": -1}),
        ("delete_message", "ReceiptHandle", {"ReceiptHandle": ""}),
        ("remove_permission", "Label", {"Label": ""}),
        ("send_message", "MessageBody", {"MessageBody": ""}),
        ("set_queue_attributes", "Attribute.Name", {"Attributes": {}}),
        ("tag_queue", "Tags", {"Tags": {}}),
    ],
)
def test_what_is_missing_is_found_before_the_queue(
    stage: Stage, operation: str, missing: str, params: dict[str, Any], name: str
) -> None:
    """In the order of required parameters, the queue, and values. [inferred]"""
    message = f"The request must contain the parameter {missing}."
    stage.refuse("MissingParameter", message, lambda s: getattr(s.sqs, operation)(QueueUrl=name, **params))


# fmt: off
LOOKUP_ROWS = [
    ("InvalidAddress",  # [the text: seen on AWS, 2026]
     "The address arn:aws:sqs:us-east-1:123456789012:plain is not valid for this endpoint.",
     lambda s: s.sqs.get_queue_attributes(QueueUrl="arn:aws:sqs:us-east-1:123456789012:plain")),
    ("InvalidAddress",
     "The address https://sqs.eu-fake-99.amazonaws.com/123456789012/plain is not valid for this endpoint.",
     lambda s: s.sqs.purge_queue(QueueUrl="https://sqs.eu-fake-99.amazonaws.com/123456789012/plain")),
    (f"{LEGACY}NonExistentQueue", GONE, lambda s: s.sqs.get_queue_url(QueueName="nothing")),
    (f"{LEGACY}NonExistentQueue", GONE, lambda s: s.sqs.get_queue_url(QueueName="Plain")),
    (f"{LEGACY}NonExistentQueue", GONE,
     lambda s: s.sqs.get_queue_url(QueueName="nothing", QueueOwnerAWSAccountId="123456789012")),
    (f"{LEGACY}NonExistentQueue", "The specified queue does not exist or you do not have access to it.",
     lambda s: s.sqs.get_queue_url(QueueName="plain", QueueOwnerAWSAccountId=OTHER_ACCOUNT)),
    ("MissingParameter", "The request must contain the parameter QueueName.",
     lambda s: s.sqs.get_queue_url(QueueName="")),
    ("InvalidAttributeName", "Unknown Attribute Foo.",
     lambda s: s.sqs.get_queue_attributes(QueueUrl=s.url, AttributeNames=["All", "Foo"])),
    ("InvalidAttributeName", "Unknown Attribute .",
     lambda s: s.sqs.get_queue_attributes(QueueUrl=s.url, AttributeNames=[""])),
    ("InvalidParameterValue", MAX_RESULTS, lambda s: s.sqs.list_queues(MaxResults=0)),
    ("InvalidParameterValue", MAX_RESULTS, lambda s: s.sqs.list_queues(MaxResults=1001)),
    ("InvalidParameterValue", MAX_RESULTS, lambda s: s.sqs.list_queues(MaxResults=-1, NextToken="x")),
    ("InvalidParameterValue", MAX_RESULTS,
     lambda s: s.sqs.list_dead_letter_source_queues(QueueUrl=s.url, MaxResults=0)),
    ("InvalidParameterValue", MAX_RESULTS,
     lambda s: s.sqs.list_dead_letter_source_queues(QueueUrl=s.url, MaxResults=1001)),
    ("InvalidParameterValue", "MaxResults is a mandatory parameter when you provide a value for NextToken.",
     lambda s: s.sqs.list_queues(NextToken=s.sqs.list_queues(MaxResults=1)["NextToken"])),
    ("InvalidParameterValue",
     "Invalid NextToken value. If you are passing in NextToken, you must not change the other request parameters.",
     lambda s: s.sqs.list_queues(
         NextToken=s.sqs.list_queues(MaxResults=1)["NextToken"], MaxResults=1, QueueNamePrefix="l")),
    *[
        ("InvalidParameterValue", "Invalid or expired next token.",
         lambda s, token=token: s.sqs.list_queues(NextToken=token, MaxResults=1))
        for token in ["", "x", "é", "bm9uc2Vuc2U=", "W10=", "e30=", "eyJhZnRlciI6IDF9", "MQ=="]
    ],
]
# fmt: on


@pytest.mark.parametrize(("code", "message", "call"), LOOKUP_ROWS)
def test_finding_and_listing(stage: Stage, code: str, message: str, call: Callable[[Stage], Any]) -> None:
    stage.refuse(code, message, call)


# --- tags ----------------------------------------------------------------------------------------------------------

KEY_LENGTH = "Tag keys must be between 1 and 128 characters in length."
SYMBOLS = "may only contain unicode letters, digits, whitespace, or one of these symbols: _ . : / = + - @"


@pytest.mark.parametrize(
    ("code", "message", "tags"),
    [
        ("MissingParameter", "The request must contain the parameter Tags.", {}),
        ("InvalidParameterValue", KEY_LENGTH, {"": "x"}),
        ("InvalidParameterValue", KEY_LENGTH, {"k" * 129: "x"}),
        ("InvalidParameterValue", f"Tag keys {SYMBOLS}", {"good": "x", "k!": "x"}),
        ("InvalidParameterValue", f"Tag values {SYMBOLS}", {"k": "a*b"}),
        ("InvalidParameterValue", "Tag values must be between 0 and 256 characters in length.", {"k": "v" * 257}),
        ("InvalidParameterValue", "Tag keys must not begin with the reserved prefix aws:.", {"aws:k": "x"}),
        ("InvalidParameterValue", "Too many tags added for queue plain.", {f"k{number}": "" for number in range(51)}),
    ],
)
def test_tags(stage: Stage, code: str, message: str, tags: dict[str, str]) -> None:
    stage.refuse(code, message, lambda s: s.sqs.tag_queue(QueueUrl=s.url, Tags=tags))
    if tags:
        message = message.replace("plain", "other")
        stage.refuse(code, message, lambda s: s.sqs.create_queue(QueueName="other", tags=tags))


def test_tags_of_several_calls_add_up(stage: Stage) -> None:
    stage.sqs.tag_queue(QueueUrl=stage.url, Tags={f"k{number}": "" for number in range(50)})
    stage.sqs.tag_queue(QueueUrl=stage.url, Tags={"k7": "changed"})
    message = "Too many tags added for queue plain."
    stage.refuse("InvalidParameterValue", message, lambda s: s.sqs.tag_queue(QueueUrl=s.url, Tags={"one more": ""}))


@pytest.mark.parametrize("keys", [[], [""], ["k" * 129]])
def test_keys_to_untag(stage: Stage, keys: list[str]) -> None:
    stage.refuse("InvalidParameterValue", KEY_LENGTH, lambda s: s.sqs.untag_queue(QueueUrl=s.url, TagKeys=keys))


# --- permissions ---------------------------------------------------------------------------------------------------


def permit(
    label: str = "label", accounts: tuple[str, ...] = (OTHER_ACCOUNT,), actions: tuple[str, ...] = ("SendMessage",)
) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.add_permission(
        QueueUrl=stage.url, Label=label, AWSAccountIds=list(accounts), Actions=list(actions)
    )


def remove(label: str) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.remove_permission(QueueUrl=stage.url, Label=label)


ACTION = "Value SQS:{} for parameter ActionName is invalid. Reason: "
OWNER = ACTION + "Only the queue owner is allowed to invoke this action."
PRINCIPAL = (
    "Value [{}] for parameter PrincipalId is invalid. Reason: Unable to verify principal."  # [seen on AWS, 2022]
)
WSDL = ACTION + "Please refer to the appropriate WSDL for a list of valid actions."

# fmt: off
OWNERS = [
    "AddPermission", "RemovePermission", "CreateQueue", "DeleteQueue", "ListQueues", "SetQueueAttributes", "TagQueue",
    "UntagQueue", "ListQueueTags", "StartMessageMoveTask", "ListMessageMoveTasks", "CancelMessageMoveTask",
]
UNKNOWN = [
    "SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch", "sendmessage", "SQS:SendMessage", "",
]
PERMISSION_ROWS = [
    ("InvalidParameterValue", "Value taken for parameter Label is invalid. Reason: Already exists.", permit("taken")),
    ("InvalidParameterValue", "Value taken for parameter Label is invalid. Reason: Already exists.",
     permit("taken", ("111122223333",), ("ReceiveMessage",))),
    ("InvalidParameterValue", "Value l for parameter Label is invalid. Reason: can't find label on existing policy.",
     remove("l")),
    ("MissingParameter", "The request must contain the parameter Label.", permit("")),
    ("MissingParameter", "The request must contain the parameter Label.", remove("")),
    ("InvalidParameterValue", "Value [] for parameter PrincipalId is invalid. Reason: Unable to verify.",
     permit(accounts=())),
    ("MissingParameter", "The request must contain the parameter Actions.", permit(actions=())),
    *[("InvalidParameterValue", PRINCIPAL.format(one), permit(accounts=("111122223333", one)))
      for one in ("42", "arn:aws:iam::111122223333:root")],
    ("OverLimit", "8 Actions were found, maximum allowed is 7.", permit(actions=("SendMessage",) * 8)),
    *[("InvalidParameterValue", OWNER.format(action), permit(actions=("*", action))) for action in OWNERS],
    *[("InvalidParameterValue", WSDL.format(action), permit(actions=(action,))) for action in UNKNOWN],
]
# fmt: on


@pytest.mark.parametrize(("code", "message", "call"), PERMISSION_ROWS)
def test_permissions(stage: Stage, code: str, message: str, call: Callable[[Stage], Any]) -> None:
    permit("taken")(stage)
    stage.refuse(code, message, call)


@pytest.mark.parametrize("prefix", ["SQS:", "sqs:"])
@pytest.mark.parametrize("action", [action for action in UNKNOWN if action != "sendmessage"])
def test_unknown_actions_of_policies(stage: Stage, prefix: str, action: str) -> None:
    """They are quoted as they are written. [seen on AWS, 2016 and 2019]"""
    policy = json.dumps({"Statement": [statement(Action=["SQS:SendMessage", prefix + action])]})
    message = WSDL.replace("SQS:{}", prefix + action)
    stage.refuse("InvalidParameterValue", message, set_(Policy=policy))
    stage.refuse("InvalidParameterValue", message, create("other", Policy=policy))


OTHERS = ["210987654321", "arn:aws:iam::210987654321:root", "arn:aws:sts::210987654321:assumed-role/r/s"]
OWN = ["123456789012", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/u"]


@pytest.mark.parametrize("action", [*OWNERS, "deletequeue"])
@pytest.mark.parametrize("others", [*OTHERS, [OWN[0], OTHERS[0]]])
def test_owners_actions_for_another_account(stage: Stage, action: str, others: Any) -> None:
    """[seen on AWS, 2021 and 2025]"""
    policy = json.dumps({"Statement": [statement(Action=f"sqs:{action}", Principal={"AWS": others})]})
    stage.refuse("InvalidAttributeValue", "Invalid value for the parameter Policy.", set_(Policy=policy))
    stage.refuse("InvalidAttributeValue", "Invalid value for the parameter Policy.", create("other", Policy=policy))


@pytest.mark.parametrize(
    "changes",
    [
        *[{"Principal": {"AWS": own}} for own in OWN],  # [seen on AWS, 2025]
        {"Effect": "Deny", "Principal": {"AWS": "*"}},  # [seen on AWS, 2025]
        {"Principal": {"Service": "sns.amazonaws.com"}},  # not known; no other account is named
        {"Principal": {"AWS": OTHERS[0]}, "Action": "sqs:List*"},  # [seen on AWS, 2024]
    ],
)
def test_owners_actions_that_a_policy_may_name(sqs: Any, new_queue: NewQueue, changes: dict[str, Any]) -> None:
    actions = [f"sqs:{action}" for action in ("ListQueues", "DeleteQueue", "SetQueueAttributes")]
    policy = json.dumps({"Statement": [statement(**{"Action": actions, **changes})]})
    url = new_queue("queue", Policy=policy)
    assert attributes(sqs, url, "Policy") == {"Policy": policy}


@pytest.mark.parametrize("label", ["a b", "é", "l" * 81])
def test_labels(stage: Stage, label: str) -> None:
    message = f"Value {label} for parameter Label is invalid. Reason: {NAME}"
    stage.refuse("InvalidParameterValue", message, permit(label))


def test_a_label_of_a_queue_without_policy(stage: Stage) -> None:
    message = "Value l for parameter Label is invalid. Reason: can't find label."
    stage.refuse("InvalidParameterValue", message, remove("l"))


@pytest.mark.parametrize("action", GRANTABLE)
def test_every_action_that_can_be_permitted(stage: Stage, action: str) -> None:
    permit("label", ("111122223333", "444455556666"), (action,))(stage)
    [found] = json.loads(attributes(stage.sqs, stage.url, "Policy")["Policy"])["Statement"]
    assert found["Action"] == f"SQS:{action}"
    assert found["Principal"] == {"AWS": [f"arn:aws:iam::{one}:root" for one in ("111122223333", "444455556666")]}
    remove("label")(stage)
    assert attributes(stage.sqs, stage.url, "Policy") == {}


def test_seven_actions_at_once(stage: Stage) -> None:
    permit("l" * 80, actions=tuple(GRANTABLE[:7]))(stage)
    [found] = json.loads(attributes(stage.sqs, stage.url, "Policy")["Policy"])["Statement"]
    assert found["Action"] == [f"SQS:{action}" for action in GRANTABLE[:7]]


def test_one_statement_too_many(stage: Stage) -> None:
    for number in range(20):
        permit(f"label{number}")(stage)
    stage.refuse("OverLimit", "21 Statements were found, maximum allowed is 20.", permit("one-more"))
