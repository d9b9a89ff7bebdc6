"""Policies of queues refuse nobody anything; what AWS would refuse by them is told, and there is a verdict of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.services.sqs.policy_evaluation import RequestContext, why_refused
from tests.support.runs import run_inside
from tests.support.ways import MakeClient

from .support import OTHER_ACCOUNT, arn_of

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:orders"
BOOKS = arn_of("books")


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    """A statement for a queue; ``Principal`` is SNS and ``Action`` sending, unless others are given."""
    if "NotPrincipal" not in parts:
        parts.setdefault("Principal", {"Service": "sns.amazonaws.com"})
    if "NotAction" not in parts:
        parts.setdefault("Action", "sqs:SendMessage")
    return {"Effect": effect, **parts}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def opinions(cloud: minicloud.Cloud) -> list[str]:
    """What was told so far."""
    return [event.details["reason"] for event in cloud.trace if event.kind == "policy.would_refuse"]


@pytest.fixture
def delivered(make_client: MakeClient, cloud: minicloud.Cloud, sqs: Any) -> Any:
    """Publishes to a topic that a queue with some policy is subscribed to."""
    sns = make_client("sns")
    sns.create_topic(Name="orders")
    url = sqs.create_queue(QueueName="books")["QueueUrl"]
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=BOOKS)

    def deliver(text: str | None = None) -> None:
        if text is not None:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})
        sns.publish(TopicArn=TOPIC, Message="a book")

    return deliver


def test_a_topic_needs_the_queue_s_policy(cloud: minicloud.Cloud, delivered: Any) -> None:
    delivered()
    delivered()
    assert cloud.queue("books").counts.visible == 2
    without = "books has no policy, and has to have one that lets sns.amazonaws.com send"
    assert opinions(cloud) == [without]  # once
    message_id = cloud.topic("orders").published[0].message_id
    assert f'books   {message_id[:8]} "a book": AWS would not deliver this: {without}' in cloud.trace.render()
    delivered(policy(statement(Principal={"AWS": OTHER_ACCOUNT})))
    assert opinions(cloud)[1:] == ["no statement of the policy of books lets sns.amazonaws.com send"]
    delivered(policy(statement(Condition={"ArnEquals": {"aws:SourceArn": TOPIC}})))
    assert len(opinions(cloud)) == 2


def test_the_condition_that_keeps_it_out_is_named(cloud: minicloud.Cloud, delivered: Any) -> None:
    other = TOPIC.replace("orders", "order")
    delivered(policy(statement(Sid="topic", Condition={"ArnEquals": {"aws:SourceArn": other}})))
    assert opinions(cloud) == [
        "no statement of the policy of books lets sns.amazonaws.com send (the statement 'topic' wants aws:SourceArn to "
        f"be '{other}', and it is '{TOPIC}')"
    ]


def test_an_explicit_deny_holds_for_the_owner(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    denying = policy(statement("Deny", Sid="nobody", Principal="*", Action="sqs:*"))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": denying})
    for body in ("a", "b"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=5)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    told = [event.details for event in cloud.trace if event.kind == "policy.would_refuse"]
    assert [details["action"] for details in told] == [
        "SendMessage",
        "ReceiveMessage",
        "ChangeMessageVisibility",
        "DeleteMessage",
    ]
    assert {details["reason"] for details in told} == {"the statement 'nobody' of the policy of queue denies it"}
    text = f"AWS would refuse account {ACCOUNT} SendMessage: the statement 'nobody' of the policy of queue denies it"
    assert text in cloud.trace.render()


def test_an_owner_without_a_deny_needs_no_policy(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="a")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(statement())})
    sqs.send_message(QueueUrl=url, MessageBody="a", DelaySeconds=1)
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "a"}])
    sqs.receive_message(QueueUrl=url)
    assert opinions(cloud) == []


def test_another_account_needs_the_queue_s_policy(cloud: minicloud.Cloud, make_client: MakeClient, url: str) -> None:
    other = make_client("sqs", account_id=OTHER_ACCOUNT)
    other.send_message(QueueUrl=url, MessageBody="a")
    other.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "a"}])
    other.receive_message(QueueUrl=url)
    assert opinions(cloud) == [
        f"queue has no policy, and has to have one that lets account {OTHER_ACCOUNT} send",
        f"queue has no policy, and has to have one that lets account {OTHER_ACCOUNT} receive",
    ]
    own = make_client("sqs")
    own.add_permission(QueueUrl=url, Label="them", AWSAccountIds=[OTHER_ACCOUNT], Actions=["*"])
    other.send_message(QueueUrl=url, MessageBody="a")
    other.receive_message(QueueUrl=url)
    assert len(opinions(cloud)) == 2


def test_nothing_is_told_without_a_trace(make_client: MakeClient) -> None:
    with minicloud.Cloud(trace=False) as cloud:
        sns, sqs = cloud.client("sns"), cloud.client("sqs")
        sns.create_topic(Name="orders")
        sqs.create_queue(QueueName="books")
        sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=BOOKS)
        sns.publish(TopicArn=TOPIC, Message="m")
        cloud.trace.start()
        assert opinions(cloud) == []
        sns.publish(TopicArn=TOPIC, Message="m")
        assert len(opinions(cloud)) == 1


def test_the_verdict_policies_allow(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.minicloud(verdicts=("policies_allow",))
        def test_fan_out(cloud, sns, sqs):
            topic = sns.create_topic(Name="orders")["TopicArn"]
            sqs.create_queue(QueueName="books")
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("books").arn)
            sns.publish(TopicArn=topic, Message="m")
        """
    )
    run_inside(pytester).stdout.fnmatch_lines(
        [
            "*policies_allow:*",
            "*books: AWS would not deliver this: books has no policy, and has to have one that lets *",
        ]
    )


# --- how policies are read -------------------------------------------------------------------------------------------

DELIVERY = RequestContext("SendMessage", ACCOUNT, TOPIC)
OWNER = RequestContext("SendMessage", ACCOUNT)
OTHER = RequestContext("SendMessage", OTHER_ACCOUNT)
FROM_TOPIC = {"ArnLike": {"aws:SourceArn": TOPIC}}


@pytest.mark.parametrize(
    ("asked", "statements", "is_refused"),
    [
        (DELIVERY, [statement()], False),
        (DELIVERY, [statement(Principal="*")], False),
        (DELIVERY, [statement(Principal={"AWS": "*"}, Condition=FROM_TOPIC)], False),
        (DELIVERY, [statement(Principal={"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]})], False),
        (DELIVERY, [statement(Principal={"Service": "s3.amazonaws.com"})], True),
        (DELIVERY, [statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})], True),
        (DELIVERY, [statement(Action=["SQS:Send*"])], False),
        (DELIVERY, [statement(Action="sqs:ReceiveMessage")], True),
        (DELIVERY, [statement(NotAction="sqs:ReceiveMessage")], False),
        (DELIVERY, [statement(NotAction="sqs:*")], True),
        (DELIVERY, [statement(Resource=BOOKS)], False),
        (DELIVERY, [statement(Resource="*")], False),
        (DELIVERY, [statement(Resource=arn_of("b??ks"))], False),
        (DELIVERY, [statement(Resource=arn_of("Books"))], True),
        (DELIVERY, [statement(NotResource=BOOKS)], True),
        (DELIVERY, [statement(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})], False),
        (DELIVERY, [statement(Condition={"StringEquals": {"AWS:SourceAccount": [OTHER_ACCOUNT]}})], True),
        (DELIVERY, [statement(Condition={"StringNotEquals": {"aws:SourceAccount": ACCOUNT}})], True),
        (DELIVERY, [statement(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:ord*"}})], False),
        (DELIVERY, [statement(Condition={"ForAnyValue:StringEquals": {"aws:SourceArn": "x"}})], False),
        (DELIVERY, [statement(Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}})], False),
        (DELIVERY, [statement(Condition={"Bool": {"aws:SecureTransport": "true"}})], False),
        (DELIVERY, [statement(), statement("Deny")], True),
        (DELIVERY, [statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}), statement()], False),
        (DELIVERY, [statement("Deny", Principal="*", Condition={"ArnNotEquals": {"aws:SourceArn": TOPIC}})], True),
        (DELIVERY, [statement("Deny", Principal="*", Condition={"StringEquals": {"aws:SourceVpce": "v"}})], False),
        (OWNER, [statement("Deny", Principal="*", Condition={"ArnNotEquals": {"aws:SourceArn": TOPIC}})], True),
        (OWNER, [statement("Deny", Principal="*", Condition={"ArnNotEqualsIfExists": {"aws:SourceArn": "x"}})], True),
        (OWNER, [statement("Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": False}})], False),
        (OWNER, [statement("Deny", Principal="*", Condition={"Null": {"aws:SourceArn": "true"}})], True),
        (OWNER, [statement("Deny", Principal={"AWS": OTHER_ACCOUNT})], False),
        (OWNER, [statement("Deny", NotPrincipal={"AWS": OTHER_ACCOUNT})], True),
        (OWNER, [statement("Deny", NotPrincipal={"AWS": ACCOUNT})], False),
        (OWNER, [statement("Deny", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/minicloud"})], True),
        (OWNER, [statement("Deny", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/worker"})], False),
        (OTHER, [statement(Principal={"AWS": OTHER_ACCOUNT})], False),
        (OTHER, [statement(Principal={"AWS": [f"arn:aws:iam::{OTHER_ACCOUNT}:root"]})], False),
        (OTHER, [statement(Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:role/worker"})], False),
        (OTHER, [statement(Principal={"AWS": ACCOUNT})], True),
        (OTHER, [statement(Principal="*", Condition=FROM_TOPIC)], True),
        (OTHER, [statement(Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": OTHER_ACCOUNT}})], False),
        (OTHER, [statement(Principal={"AWS": "AIDAEXAMPLE"})], False),
        (OTHER, [statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/worker"})], True),
        (OTHER, [statement(Principal={"Service": "sns.amazonaws.com"})], True),
        (OTHER, [statement("Deny", Principal="*"), statement(Principal={"AWS": OTHER_ACCOUNT})], True),
        (OWNER, [statement("Deny", Principal={"AWS": "AIDAEXAMPLE"})], False),
    ],
)
def test_how_policies_are_read(asked: RequestContext, statements: list[dict[str, Any]], is_refused: bool) -> None:
    assert (why_refused(policy(*statements), "books", BOOKS, asked) is not None) is is_refused


SOURCE, ACCOUNT_OF_SOURCE, WHO = "aws:SourceArn", "aws:SourceAccount", "aws:PrincipalAccount"
OTHER_TOPIC = TOPIC.replace("orders", "other")


@pytest.mark.parametrize(
    ("tests", "of_a_delivery", "of_a_call"),
    [
        ({"ArnEquals": {SOURCE: TOPIC}}, True, False),
        ({"ArnEquals": {SOURCE: OTHER_TOPIC}}, False, False),
        ({"ArnEquals": {SOURCE: TOPIC.upper()}}, False, False),
        ({"ArnEquals": {SOURCE: [OTHER_TOPIC, TOPIC]}}, True, False),
        ({"ArnLikeIfExists": {SOURCE: "arn:*:o?ders"}}, True, True),
        ({"ArnLikeIfExists": {SOURCE: OTHER_TOPIC}}, False, True),
        ({"ArnNotEquals": {SOURCE: OTHER_TOPIC}}, True, True),
        ({"ArnNotLike": {SOURCE: "arn:*"}}, False, True),
        ({"StringLike": {SOURCE: "arn:aws:sns:*"}}, True, False),
        ({"StringNotLike": {SOURCE: "arn:aws:sns:*"}}, False, True),
        ({"StringEquals": {SOURCE: TOPIC}}, True, False),
        ({"StringEquals": {SOURCE: TOPIC.upper()}}, False, False),
        ({"StringEquals": {SOURCE: "arn:*"}}, False, False),
        ({"StringNotEquals": {SOURCE: TOPIC.upper()}}, True, True),
        ({"StringEqualsIgnoreCase": {SOURCE: TOPIC.upper()}}, True, False),
        ({"StringNotEqualsIgnoreCase": {SOURCE: TOPIC.upper()}}, False, True),
        ({"StringEquals": {ACCOUNT_OF_SOURCE: ACCOUNT}}, True, False),
        ({"StringEquals": {WHO: ACCOUNT}}, False, True),
        ({"StringEquals": {WHO: OTHER_ACCOUNT}}, False, False),
        ({"Null": {SOURCE: "true"}}, False, True),
        ({"Null": {SOURCE: "false"}}, True, False),
        ({"Null": {SOURCE: False}}, True, False),
        ({"Null": {WHO: ["true"]}}, True, False),
        ({"Bool": {"aws:SecureTransport": True}}, True, True),
        ({"Bool": {"aws:SecureTransport": "TRUE"}}, True, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False, False),
        ({"ArnEquals": {SOURCE: TOPIC}, "StringEquals": {ACCOUNT_OF_SOURCE: OTHER_ACCOUNT}}, False, False),
        ({"StringEquals": {SOURCE: TOPIC, ACCOUNT_OF_SOURCE: OTHER_ACCOUNT}}, False, False),
        ({"StringEquals": {"aws:SourceVpce": "v", ACCOUNT_OF_SOURCE: OTHER_ACCOUNT}}, False, False),
        ({"StringEquals": {"aws:SourceVpce": "v", ACCOUNT_OF_SOURCE: ACCOUNT}}, None, False),
        ({"NumericEquals": {ACCOUNT_OF_SOURCE: ACCOUNT}}, None, False),
    ],
)
def test_how_conditions_are_read(tests: Any, of_a_delivery: bool | None, of_a_call: bool | None) -> None:
    """Whether they hold, of a delivery and of the owner's call; None: nobody knows. An Allow needs them, a Deny too."""
    for asked, holds in ((DELIVERY, of_a_delivery), (OWNER, of_a_call)):
        allowing, denying = statement(Principal="*", Condition=tests), statement("Deny", Principal="*", Condition=tests)
        if asked is DELIVERY:
            assert (why_refused(policy(allowing), "books", BOOKS, asked) is not None) is (holds is False)
        denied = why_refused(policy(statement(Principal="*"), denying), "books", BOOKS, asked)
        assert denied == ("a statement of the policy of books denies it" if holds else None)


def test_another_partition_has_callers_of_its_own() -> None:
    """The caller's ARN, and that of the account, are of the queue's partition."""
    books = f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:books"
    for partition, is_refused in (("aws-cn", True), ("aws", False)):
        for who in ("user/minicloud", "root"):
            denying = statement("Deny", Principal={"AWS": f"arn:{partition}:iam::{ACCOUNT}:{who}"})
            told = why_refused(policy(denying), "books", books, OWNER)
            assert (told is not None) is is_refused, (partition, who)


def test_a_remark_is_of_a_statement_that_would_allow_it_but_for_its_condition() -> None:
    wanted = {"StringEquals": {ACCOUNT_OF_SOURCE: OTHER_ACCOUNT}}
    refused = "no statement of the policy of books lets sns.amazonaws.com send"
    no_account = f" (a statement wants {WHO} to be ['{ACCOUNT}'], and there is none)"
    mine = f" (a statement wants aws:SourceAccount to be '{OTHER_ACCOUNT}', and it is '{ACCOUNT}')"
    for statements, remark in (
        ([statement(Condition=wanted)], mine),
        ([statement(Principal={"Service": "s3.amazonaws.com"}, Condition=wanted)], ""),
        ([statement(Action="sqs:ReceiveMessage", Condition=wanted)], ""),
        ([statement(Resource=arn_of("other"), Condition=wanted)], ""),
        ([statement(Principal="*", Action="sqs:Re*"), statement(Condition=wanted)], mine),
        ([statement(Condition=wanted), statement(Sid="second", Condition={"Null": {SOURCE: "true"}})], mine),
        ([statement(Condition={"StringEquals": {ACCOUNT_OF_SOURCE: ACCOUNT} | {WHO: [ACCOUNT]}})], no_account),
        (
            [statement(Sid="s", Condition={"StringEquals": {ACCOUNT_OF_SOURCE: ACCOUNT, SOURCE: [OTHER_TOPIC, "x"]}})],
            f" (the statement 's' wants aws:SourceArn to be ['{OTHER_TOPIC}', 'x'], and it is '{TOPIC}')",
        ),
    ):
        assert why_refused(policy(*statements), "books", BOOKS, DELIVERY) == refused + remark


def test_long_names_and_values_are_cut() -> None:
    """With their quotes: a name at 80 characters, what is wanted and what there is at 200."""
    long, topic = "x" * 300, f"arn:aws:sns:us-east-1:{ACCOUNT}:{'t' * 256}"
    asked = RequestContext("SendMessage", ACCOUNT, topic)
    told = why_refused(policy(statement(Sid=long, Condition={"StringEquals": {SOURCE: long}})), "books", BOOKS, asked)
    assert told is not None
    name, wanted, has = (f"'{text[: most - 1]}'…" for text, most in ((long, 80), (long, 200), (topic, 200)))
    assert told.endswith(f" (the statement {name} wants aws:SourceArn to be {wanted}, and it is {has})")


def test_a_statement_need_not_be_in_a_list() -> None:
    text = json.dumps({"Statement": statement()})
    assert why_refused(text, "books", BOOKS, DELIVERY) is None


def test_batches_of_another_account_need_what_single_calls_need(
    cloud: minicloud.Cloud, make_client: MakeClient, url: str
) -> None:
    """No policy names a batch."""
    other = make_client("sqs", account_id=OTHER_ACCOUNT)
    other.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "a"}])
    handle = other.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    other.change_message_visibility_batch(
        QueueUrl=url, Entries=[{"Id": "1", "ReceiptHandle": handle, "VisibilityTimeout": 5}]
    )
    other.delete_message_batch(QueueUrl=url, Entries=[{"Id": "1", "ReceiptHandle": handle}])
    told = [event.details["action"] for event in cloud.trace if event.kind == "policy.would_refuse"]
    assert told == ["SendMessage", "ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage"]
