"""Topics: names, re-creation, listing, deletion, and the ARNs that lead to them."""

from __future__ import annotations

import pytest

import minicloud

ACCOUNT = "123456789012"


@pytest.mark.parametrize("name", ["t", "a" * 256, "A-b_9", "-", "_"])
def test_names_that_are_valid(sns, name):
    assert sns.create_topic(Name=name)["TopicArn"] == f"arn:aws:sns:us-east-1:{ACCOUNT}:{name}"


@pytest.mark.parametrize(
    ("name", "fifo"),
    [
        ("", None),
        ("a" * 257, None),
        *[(f"no{character}pe", None) for character in ":;!@|^% ./"],
        ("ü", None),
        ("name\n", None),
        ("name.fifo", None),
        ("name.fifo", "false"),
        ("name", "true"),
        (".fifo", "true"),
        ("a.b.fifo", "true"),
        ("a" * 252 + ".fifo", "true"),
    ],
)
def test_names_that_are_not(sns, refused, name, fifo):
    attributes = {} if fifo is None else {"FifoTopic": fifo}
    refused(sns.create_topic, "InvalidParameter", "Invalid parameter: Topic Name", Name=name, Attributes=attributes)
    assert sns.list_topics()["Topics"] == []


def test_the_limit_of_256_includes_the_fifo_suffix(sns):
    sns.create_topic(Name="a" * 251 + ".fifo", Attributes={"FifoTopic": "true"})


def test_a_name_is_checked_before_the_existing_topic_is_compared(sns, topic, refused):
    refused(
        sns.create_topic,
        "InvalidParameter",
        "Invalid parameter: Topic Name",
        Name="topic",
        Attributes={"FifoTopic": "true"},
    )


DIFFERENT = "Invalid parameter: Attributes Reason: Topic already exists with different attributes"


def test_creating_again_agrees_with_what_was_set_explicitly(sns, refused):
    arn = sns.create_topic(Name="t", Attributes={"DisplayName": "a", "SignatureVersion": "2"})["TopicArn"]
    assert sns.create_topic(Name="t")["TopicArn"] == arn
    assert sns.create_topic(Name="t", Attributes={"DisplayName": "a"})["TopicArn"] == arn
    assert sns.create_topic(Name="t", Attributes={"FifoTopic": "false", "SignatureVersion": "2"})["TopicArn"] == arn
    for wrong in ({"DisplayName": "b"}, {"DisplayName": "a", "TracingConfig": "Active"}, {"TracingConfig": "Active"}):
        refused(sns.create_topic, "InvalidParameter", DIFFERENT, Name="t", Attributes=wrong)


def test_attributes_set_later_count_when_creating_again(sns, topic, refused):
    refused(sns.create_topic, "InvalidParameter", DIFFERENT, Name="topic", Attributes={"DisplayName": "x"})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="x")
    assert sns.create_topic(Name="topic", Attributes={"DisplayName": "x"})["TopicArn"] == topic
    assert sns.create_topic(Name="topic")["TopicArn"] == topic
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "x"


def test_policies_are_compared_by_what_they_say(sns):
    policy = '{"http": {"defaultHealthyRetryPolicy": {"numRetries": 5}}}'
    arn = sns.create_topic(Name="t", Attributes={"DeliveryPolicy": policy})["TopicArn"]
    respelled = policy.replace(" ", "")
    assert sns.create_topic(Name="t", Attributes={"DeliveryPolicy": respelled})["TopicArn"] == arn


def test_creating_again_with_tags(sns, refused):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    arn = sns.create_topic(Name="t", Tags=tags)["TopicArn"]
    for given in (tags, tags[:1], tags[::-1], []):
        assert sns.create_topic(Name="t", Tags=given)["TopicArn"] == arn
    message = "Invalid parameter: Tags Reason: Topic already exists with different tags"
    for given in ([{"Key": "a", "Value": "x"}], [*tags, {"Key": "c", "Value": "3"}]):
        refused(sns.create_topic, "InvalidParameter", message, Name="t", Tags=given)
    sns.delete_topic(TopicArn=arn)
    sns.create_topic(Name="t", Tags=[{"Key": "a", "Value": "x"}])


def test_a_topic_without_tags_differs_from_one_with(sns, topic, refused):
    message = "Invalid parameter: Tags Reason: Topic already exists with different tags"
    refused(sns.create_topic, "InvalidParameter", message, Name="topic", Tags=[{"Key": "a", "Value": "1"}])


def test_deleting_takes_the_subscriptions_along_and_can_be_repeated(sns, topic, subscribed):
    received = subscribed(topic, "q")
    sns.delete_topic(TopicArn=topic)
    sns.delete_topic(TopicArn=topic)
    assert sns.list_topics()["Topics"] == []
    assert sns.list_subscriptions()["Subscriptions"] == []
    sns.unsubscribe(SubscriptionArn=received.subscription_arn)
    sns.create_topic(Name="topic")
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_listing_goes_in_pages_of_a_hundred_and_survives_changes(sns):
    arns = [sns.create_topic(Name=f"t{number}")["TopicArn"] for number in range(250)]
    first = sns.list_topics()
    assert [topic["TopicArn"] for topic in first["Topics"]] == arns[:100]
    sns.delete_topic(TopicArn=arns[3])
    sns.delete_topic(TopicArn=arns[99])
    second = sns.list_topics(NextToken=first["NextToken"])
    assert [topic["TopicArn"] for topic in second["Topics"]] == arns[100:200]
    third = sns.list_topics(NextToken=second["NextToken"])
    assert [topic["TopicArn"] for topic in third["Topics"]] == arns[200:]
    assert "NextToken" not in third


def test_exactly_one_page_has_no_token(sns):
    for number in range(100):
        sns.create_topic(Name=f"t{number}")
    answer = sns.list_topics()
    assert len(answer["Topics"]) == 100
    assert "NextToken" not in answer


@pytest.mark.parametrize("token", ["x", "100", "é", "c3Vi", "=", "dG9waWNzLy0x", "c3Vic2NyaXB0aW9ucy8x"])
def test_a_token_that_is_none(sns, refused, token):
    refused(sns.list_topics, "InvalidParameter", "Invalid parameter: NextToken", NextToken=token)


def test_lists_are_of_one_account_and_region(make_client, sns, topic):
    assert make_client("sns", "eu-west-1").list_topics()["Topics"] == []
    assert make_client("sns", account_id="111111111111").list_topics()["Topics"] == []
    elsewhere = make_client("sns", "eu-west-1").create_topic(Name="topic")["TopicArn"]
    assert elsewhere == f"arn:aws:sns:eu-west-1:{ACCOUNT}:topic"
    assert sns.list_topics()["Topics"] == [{"TopicArn": topic}]


# --- ARNs ------------------------------------------------------------------------------------------------------------

READERS = [
    ("get_topic_attributes", {}),
    ("set_topic_attributes", {"AttributeName": "DisplayName", "AttributeValue": "x"}),
    ("publish", {"Message": "x"}),
    ("publish_batch", {"PublishBatchRequestEntries": [{"Id": "a", "Message": "x"}]}),
    ("subscribe", {"Protocol": "email", "Endpoint": "a@example.com"}),
    ("list_subscriptions_by_topic", {}),
    ("add_permission", {"Label": "l", "AWSAccountId": ["111111111111"], "ActionName": ["Publish"]}),
    ("remove_permission", {"Label": "l"}),
]
ALL = [*READERS, ("delete_topic", {})]
CONFIRM = ("confirm_subscription", {"Token": "x"})
"""It has a text of its own for what is no ARN, and does not look for the topic."""


@pytest.mark.parametrize(("method", "params"), ALL, ids=[name for name, _ in ALL])
@pytest.mark.parametrize(
    ("arn", "count"), [("", 1), ("randomstring", 1), ("randomstring:1", 2), ("arn:aws:sns:us-east-1:random", 5)]
)
def test_an_arn_needs_six_elements(sns, refused, method, params, arn, count):
    message = f"Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not {count}"
    refused(getattr(sns, method), "InvalidParameter", message, TopicArn=arn, **params)


@pytest.mark.parametrize(("method", "params"), [*ALL, CONFIRM], ids=[name for name, _ in [*ALL, CONFIRM]])
def test_an_arn_of_another_region_comes_before_existence(sns, refused, method, params):
    arn = f"arn:aws:sns:eu-central-1:{ACCOUNT}:topic"
    refused(getattr(sns, method), "InvalidParameter", "Invalid parameter: TopicArn", TopicArn=arn, **params)


@pytest.mark.parametrize(("method", "params"), READERS, ids=[name for name, _ in READERS])
def test_a_topic_that_does_not_exist(sns, refused, method, params):
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:nowhere"
    answer = refused(getattr(sns, method), "NotFound", "Topic does not exist", TopicArn=arn, **params)
    assert answer["Error"]["Type"] == "Sender"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize("account", ["111111111111", "nobody"])
def test_a_topic_of_another_account(sns, refused, account):
    arn = f"arn:aws:sns:us-east-1:{account}:theirs"
    message = (
        f"User: arn:aws:iam::{ACCOUNT}:user/minicloud is not authorized to perform: SNS:Publish on resource: {arn} "
        "because no resource-based policy allows the SNS:Publish action"
    )
    answer = refused(sns.publish, "AuthorizationError", message, TopicArn=arn, Message="x")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_topic_of_strangers_that_does_not_exist_is_not_theirs_to_delete(sns, refused):
    arn = "arn:aws:sns:us-east-1:210987654321:nowhere"
    message = (
        f"User: arn:aws:iam::{ACCOUNT}:user/minicloud is not authorized to perform: SNS:DeleteTopic on resource: {arn} "
        "because no resource-based policy allows the SNS:DeleteTopic action"
    )
    refused(sns.delete_topic, "AuthorizationError", message, TopicArn=arn)


def test_errors_are_of_the_modelled_classes(sns):
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_topic_attributes(TopicArn=f"arn:aws:sns:us-east-1:{ACCOUNT}:nowhere")
    with pytest.raises(sns.exceptions.InvalidParameterException):
        sns.get_topic_attributes(TopicArn="nowhere")


@pytest.mark.minicloud(limits="strict")
def test_strict_limits_hold_the_quota_of_fifo_topics(sns):
    for number in range(1000):
        sns.create_topic(Name=f"t{number}.fifo", Attributes={"FifoTopic": "true"})
    sns.create_topic(Name="plain")
    with pytest.raises(
        sns.exceptions.TopicLimitExceededException, match=r"Account limit exceeded for number of topics$"
    ):
        sns.create_topic(Name="one-more.fifo", Attributes={"FifoTopic": "true"})
    sns.create_topic(Name="t0.fifo", Attributes={"FifoTopic": "true"})


@pytest.mark.minicloud(limits=minicloud.Limits(sns_topics=2, sns_fifo_topics=1))
def test_quotas_of_topics_that_a_test_chose_always_hold(sns):
    for name in ("a", "b"):
        sns.create_topic(Name=name)
    sns.create_topic(Name="a.fifo", Attributes={"FifoTopic": "true"})
    for params in ({"Name": "c"}, {"Name": "b.fifo", "Attributes": {"FifoTopic": "true"}}):
        with pytest.raises(
            sns.exceptions.TopicLimitExceededException, match=r"Account limit exceeded for number of topics$"
        ):
            sns.create_topic(**params)
    sns.create_topic(Name="a")
