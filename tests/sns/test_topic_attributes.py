"""Attributes of topics: defaults to the letter, what each takes, and its two prefixes of errors."""

from __future__ import annotations

import json

import pytest

ACCOUNT = "123456789012"

DEFAULT_DELIVERY = (
    '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,'
    '"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},'
    '"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}'
)


def default_policy(arn):
    return (
        '{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID",'
        '"Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes",'
        '"SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe",'
        f'"SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":"{arn}",'
        f'"Condition":{{"StringEquals":{{"AWS:SourceOwner":"{ACCOUNT}"}}}}}}]}}'
    )


@pytest.fixture
def attributes(sns):
    return lambda arn: sns.get_topic_attributes(TopicArn=arn)["Attributes"]


@pytest.fixture
def set_attribute(sns):
    def assign(arn, name, value):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)

    return assign


def fresh(arn):
    return {
        "DisplayName": "",
        "EffectiveDeliveryPolicy": DEFAULT_DELIVERY,
        "Owner": ACCOUNT,
        "Policy": default_policy(arn),
        "SubscriptionsConfirmed": "0",
        "SubscriptionsDeleted": "0",
        "SubscriptionsPending": "0",
        "TopicArn": arn,
    }


def test_a_fresh_topic(sns, topic, attributes):
    assert attributes(topic) == fresh(topic)
    plain = sns.create_topic(Name="plain", Attributes={"FifoTopic": "false"})["TopicArn"]
    assert attributes(plain) == fresh(plain)


def test_a_fresh_fifo_topic(fifo_topic, attributes):
    expected = fresh(fifo_topic) | {"FifoTopic": "true", "ContentBasedDeduplication": "false"}
    assert attributes(fifo_topic) == expected


ROLE = f"arn:aws:iam::{ACCOUNT}:role/feedback"
SETTABLE = [
    ("DisplayName", "x" * 100, "x" * 100),
    ("DisplayName", "", ""),
    ("SignatureVersion", "2", "2"),
    ("TracingConfig", "Active", "Active"),
    ("KmsMasterKeyId", "anything goes", "anything goes"),
    ("MaximumMessageSize", "1024", "1024"),
    ("MaximumMessageSize", "1048576", "1048576"),
    ("DeliveryPolicy", '{"http": {}}', '{"http":{"disableSubscriptionOverrides":false}}'),
    *[
        (f"{protocol}{kind}", value, value)
        for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
        for kind, value in [
            ("SuccessFeedbackRoleArn", ROLE),
            ("FailureFeedbackRoleArn", ROLE),
            ("SuccessFeedbackSampleRate", "0"),
            ("SuccessFeedbackSampleRate", "100"),
        ]
    ],
]


@pytest.mark.parametrize(("name", "value", "shown"), SETTABLE)
def test_what_can_be_set_at_creation_and_later(sns, attributes, set_attribute, name, value, shown):
    created = sns.create_topic(Name="created", Attributes={name: value})["TopicArn"]
    assert attributes(created)[name] == shown
    later = sns.create_topic(Name="later")["TopicArn"]
    assert name == "DisplayName" or name not in attributes(later)
    set_attribute(later, name, value)
    assert attributes(later)[name] == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("ContentBasedDeduplication", "True", "true"),
        ("ContentBasedDeduplication", "false", "false"),
        ("FifoThroughputScope", "MessageGroup", "MessageGroup"),
        ("ArchivePolicy", '{"MessageRetentionPeriod": 30}', '{"MessageRetentionPeriod":"30"}'),
        ("ArchivePolicy", '{"MessageRetentionPeriod":"365"}', '{"MessageRetentionPeriod":"365"}'),
    ],
)
def test_what_only_fifo_topics_have(sns, refused, attributes, set_attribute, topic, name, value, shown):
    given = {"FifoTopic": "true", name: value}
    created = sns.create_topic(Name="created.fifo", Attributes=given)["TopicArn"]
    assert attributes(created)[name] == shown
    later = sns.create_topic(Name="later.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    set_attribute(later, name, value)
    assert attributes(later)[name] == shown
    message = f"Invalid parameter: Attributes Reason: Unknown attribute {name}"
    refused(sns.create_topic, "InvalidParameter", message, Name="plain", Attributes={name: value})
    refused(set_attribute, "InvalidParameter", "Invalid parameter: AttributeName", arn=topic, name=name, value=value)


@pytest.mark.parametrize(
    "name",
    [
        "FifoTopic",
        "Owner",
        "TopicArn",
        "EffectiveDeliveryPolicy",
        "SubscriptionsConfirmed",
        "BeginningArchiveTime",
        "Nonsense",
        "",
        "displayname",
    ],
)
def test_what_can_not_be_set(set_attribute, refused, fifo_topic, name):
    message = "Invalid parameter: AttributeName"
    refused(set_attribute, "InvalidParameter", message, arn=fifo_topic, name=name, value="true")


def test_unknown_attributes_at_creation(sns, refused):
    message = "Invalid parameter: Attributes Reason: Unknown attribute Owner"
    refused(sns.create_topic, "InvalidParameter", message, Name="t", Attributes={"Owner": "me"})
    assert sns.list_topics()["Topics"] == []


WRONG = [
    ("DisplayName", "x" * 101, "DisplayName"),
    ("SignatureVersion", "3", "SignatureVersion: Invalid value. Must be 1 or 2."),
    ("SignatureVersion", "", "SignatureVersion: Invalid value. Must be 1 or 2."),
    ("TracingConfig", "active", "Invalid tracing config value: active"),
    *[
        (
            f"{protocol}SuccessFeedbackSampleRate",
            value,
            f"{protocol}SuccessFeedbackSampleRate: {value} value provided is not an integer between 0-100",
        )
        for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
        for value in ("", "101", "-1", "ten", "1.5", "٣")
    ],
    *[
        (
            "MaximumMessageSize",
            value,
            f"MaximumMessageSize: {value} value provided is not an integer between 1024-1048576",
        )
        for value in ("1023", "1048577", "-1", "1e5", "256 KiB", "١٠٢٤", "9" * 5000)
    ],
    (
        "DeliveryPolicy",
        '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}',
        "DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100",
    ),
    (
        "DeliveryPolicy",
        '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":0}}}',
        "DeliveryPolicy: http.defaultHealthyRetryPolicy.minDelayTarget must be greater than or equal to 1",
    ),
    (
        "DeliveryPolicy",
        '{"http":{"defaultHealthyRetryPolicy":{"maxDelayTarget":3601}}}',
        "DeliveryPolicy: http.defaultHealthyRetryPolicy.maxDelayTarget must be less than or equal to 3600",
    ),
    (
        "DeliveryPolicy",
        '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":30}}}',
        "DeliveryPolicy: http.defaultHealthyRetryPolicy.maxDelayTarget must be greater than or equal to minDelayTarget",
    ),
    *(
        (
            "MaximumMessageSize",
            value,
            f"MaximumMessageSize: {value} value provided is not an integer between 1024-1048576",
        )
        for value in ("1023", "1048577", "x", "1024.0")
    ),
    ("Policy", "{}", "Policy Error: null"),
    ("Policy", '{"foo":"bar"}', "Policy Error: null"),
    ("Policy", "not json", "Policy Error: null"),
    ("Policy", "[" * 20_000, "Policy Error: null"),
    ("Policy", "x" * 31_000, "Policy Error: null"),
]


@pytest.mark.parametrize(("name", "value", "text"), WRONG)
def test_wrong_values_with_both_prefixes(sns, refused, set_attribute, attributes, name, value, text):
    message = f"Invalid parameter: Attributes Reason: {text}"
    refused(sns.create_topic, "InvalidParameter", message, Name="t", Attributes={name: value})
    assert sns.list_topics()["Topics"] == []
    arn = sns.create_topic(Name="t")["TopicArn"]
    before = attributes(arn)
    refused(set_attribute, "InvalidParameter", f"Invalid parameter: {text}", arn=arn, name=name, value=value)
    assert attributes(arn) == before


RETRIES = "{retries}."
REQUEST = "{request}.headerContentType must be a supported content type"
RECEIVES = "{throttle}.maxReceivesPerSecond must be "
PHASES = (
    "{retries}.numRetries must be greater than or equal to total of "
    "numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries"
)


@pytest.mark.parametrize(
    ("part", "value", "text"),
    [
        ("retries", 3, "{retries} must be an object"),
        ("retries", {"numTries": 1}, "invalid JSON. Attribute {retries}.numTries is unknown."),
        *(("retries", {"numRetries": one}, RETRIES + "numRetries must be an integer") for one in (True, 1.5, "1")),
        ("retries", {"numRetries": -1}, RETRIES + "numRetries must be greater than or equal to 0"),
        ("retries", {"numRetries": 101}, RETRIES + "numRetries must be less than or equal to 100"),
        ("retries", {"minDelayTarget": 0}, RETRIES + "minDelayTarget must be greater than or equal to 1"),
        ("retries", {"maxDelayTarget": 3601}, RETRIES + "maxDelayTarget must be less than or equal to 3600"),
        ("retries", {"maxDelayTarget": 19}, RETRIES + "maxDelayTarget must be greater than or equal to minDelayTarget"),
        *(("retries", {"numRetries": 1, f"num{phase}DelayRetries": 2}, PHASES) for phase in ("No", "Min", "Max")),
        ("retries", {"numNoDelayRetries": 2, "numMinDelayRetries": 1, "numMaxDelayRetries": 1}, PHASES),
        (
            "retries",
            {"backoffFunction": "cubic"},
            RETRIES + "backoffFunction the value [cubic] is not a valid backoff function",
        ),
        (
            "retries",
            {"backoffFunction": ["linear"]},
            RETRIES + 'backoffFunction the value [["linear"]] is not a valid backoff function',
        ),
        ("throttle", [], "{throttle} must be an object"),
        ("throttle", {"max": 1}, "invalid JSON. Attribute {throttle}.max is unknown."),
        ("throttle", {"maxReceivesPerSecond": 0}, RECEIVES + ">= 1"),
        *(("throttle", {"maxReceivesPerSecond": one}, RECEIVES + "an integer") for one in ("1", True, 1.5)),
        ("request", "text/plain", "{request} must be an object"),
        ("request", {"contentType": "text/plain"}, "invalid JSON. Attribute {request}.contentType is unknown."),
        *(("request", {"headerContentType": one}, REQUEST) for one in ("image/png", "", 1, "text/plain;\r\nX-Evil: 1")),
    ],
)
def test_mistakes_in_delivery_policies_have_their_place(sns, set_attribute, refused, topic, part, value, text):
    """Of a topic and of a subscription. [the form of the texts: seen on AWS; not each of them]"""
    names = {
        "retries": "http.defaultHealthyRetryPolicy",
        "throttle": "http.defaultThrottlePolicy",
        "request": "http.defaultRequestPolicy",
    }
    policy = json.dumps({"http": {names[part].removeprefix("http."): value}})
    message = "Invalid parameter: DeliveryPolicy: " + text.format(**names)
    refused(set_attribute, "InvalidParameter", message, arn=topic, name="DeliveryPolicy", value=policy)

    names = {"retries": "healthyRetryPolicy", "throttle": "throttlePolicy", "request": "requestPolicy"}
    message = "Invalid parameter: Attributes Reason: DeliveryPolicy: " + text.format(**names)
    attributes = {"DeliveryPolicy": json.dumps({names[part]: value})}
    endpoint = {"Protocol": "https", "Endpoint": "https://example.com"}
    refused(sns.subscribe, "InvalidParameter", message, TopicArn=topic, **endpoint, Attributes=attributes)


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("no json", "failed to parse JSON"),
        ("[]", "failed to parse JSON"),
        ('{"https":{}}', "invalid JSON. Attribute https is unknown."),
        ('{"http":[]}', "http must be an object"),
        ('{"http":{"unknown":1}}', "invalid JSON. Attribute http.unknown is unknown."),
        ('{"http":{"disableSubscriptionOverrides":"no"}}', "http.disableSubscriptionOverrides must be a boolean"),
    ],
)
def test_what_is_no_delivery_policy_of_a_topic(set_attribute, refused, topic, policy, text):
    message = f"Invalid parameter: DeliveryPolicy: {text}"
    refused(set_attribute, "InvalidParameter", message, arn=topic, name="DeliveryPolicy", value=policy)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("defaultHealthyRetryPolicy", {"minDelayTarget": low, "maxDelayTarget": high, "numRetries": retries})
            for low, high, retries in ((1, 3600, 0), (3600, 3600, 100), (1, 1, 100))
        ),
        *(
            ("defaultHealthyRetryPolicy", {"numRetries": 100, f"num{phase}DelayRetries": 100})
            for phase in ("No", "Min", "Max")
        ),
        *(
            ("defaultHealthyRetryPolicy", {"backoffFunction": function})
            for function in ("arithmetic", "exponential", "geometric", "linear")
        ),
        ("defaultThrottlePolicy", {"maxReceivesPerSecond": 1}),
        *(
            ("defaultRequestPolicy", {"headerContentType": content_type})
            for content_type in (
                "application/atom+xml",
                "application/json",
                "application/octet-stream",
                "application/soap+xml",
                "application/x-www-form-urlencoded",
                "application/xhtml+xml",
                "application/xml",
                "text/css",
                "text/csv",
                "text/html",
                "text/plain",
                "text/xml",
                "text/xml ; charset=UTF-8",
            )
        ),
    ],
)
def test_the_limits_of_delivery_policies_can_be_reached(set_attribute, attributes, topic, name, value):
    set_attribute(topic, "DeliveryPolicy", json.dumps({"http": {name: value, "guaranteed": True}}))
    assert json.loads(attributes(topic)["DeliveryPolicy"])["http"][name] == value
    assert json.loads(attributes(topic)["EffectiveDeliveryPolicy"])["http"][name].items() >= value.items()


def policy_of(*statements, **members):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **members})


def policy_statement(**changes):
    whole = {"Effect": "Allow", "Principal": "*", "Action": "SNS:Publish", "Resource": "*", **changes}
    return {name: value for name, value in whole.items() if value is not None}


@pytest.mark.parametrize(
    "policy",
    [
        policy_of(),
        policy_of(Statement="x"),
        policy_of("x"),
        policy_of(policy_statement(), Name="x"),
        policy_of(*[policy_statement()] * 101),
        policy_of(policy_statement(Name="x")),
        policy_of(policy_statement(Effect="Perhaps")),
        policy_of(policy_statement(Condition=[])),
        policy_of(policy_statement(Resource=None)),
        policy_of(policy_statement(Resource=[])),
        policy_of(policy_statement(Resource=["*", 1])),
        policy_of(policy_statement(Resource=["*", "arn:aws:sns:*:*:another"])),
        policy_of(policy_statement(Principal=None)),
        policy_of(policy_statement(NotPrincipal="*")),
        policy_of(policy_statement(Principal="me")),
        policy_of(policy_statement(Principal={})),
        policy_of(policy_statement(Principal={"AWS": []})),
        policy_of(policy_statement(Principal={"User": "*"})),
        policy_of(policy_statement(Principal={"AWS": ["*"] * 201})),
        policy_of(policy_statement(Action=None)),
        policy_of(policy_statement(NotAction="SNS:Publish")),
        policy_of(policy_statement(Action=[])),
        policy_of(policy_statement(Action=1)),
        policy_of(policy_statement(Sid="x" * 30 * 1024)),
    ],
)
def test_policies_that_are_malformed(topic, attributes, refused, set_attribute, policy):
    text = "Invalid parameter: Policy Error: null"
    refused(set_attribute, "InvalidParameter", text, arn=topic, name="Policy", value=policy)
    assert attributes(topic)["Policy"] == default_policy(topic)


@pytest.mark.parametrize(
    "statement",
    [
        policy_statement(Action="*"),
        policy_statement(Action=["sns:publish", "SNS:Sub*", "sns:?eceive"]),
        policy_statement(Action=None, NotAction="SNS:DeleteTopic"),
        policy_statement(Principal=None, NotPrincipal={"AWS": ["111122223333", "arn:aws:iam::111122223333:user/u"]}),
        policy_statement(Principal={"AWS": ["*"] * 200}),
        policy_statement(
            Principal={"Federated": "accounts.google.com", "CanonicalUser": "0123", "Service": ["a", "b"]}
        ),
        policy_statement(Resource=["*", "arn:aws:sns:us-east-?:*:topic"]),
    ],
)
def test_forms_that_a_policy_can_have(topic, attributes, set_attribute, statement):
    for statements in ([statement], [statement] * 100, statement):
        policy = json.dumps({"Id": "x", "Statement": statements}, separators=(",", ":"))
        if len(policy) > 30 * 1024:
            continue
        set_attribute(topic, "Policy", policy)
        assert attributes(topic)["Policy"] == policy


def test_the_largest_policy(topic, attributes, set_attribute):
    """30 KB. [SNS quotas]"""
    size = 30 * 1024 - len(json.dumps({"Statement": policy_statement(Sid="")}, separators=(",", ":")))
    policy = json.dumps({"Statement": policy_statement(Sid="x" * size)}, separators=(",", ":"))
    set_attribute(topic, "Policy", policy)
    assert attributes(topic)["Policy"] == policy


@pytest.mark.parametrize("action", ["SQS:SendMessage", "SNS:Fly", "sns:", "Publish", "SNS:[P]ublish"])
def test_actions_that_no_topic_has(topic, refused, set_attribute, action):
    text = "Invalid parameter: Policy statement action out of service scope!"
    policy = policy_of(policy_statement(Action=["SNS:Publish", action]))
    refused(set_attribute, "InvalidParameter", text, arn=topic, name="Policy", value=policy)


def effective(**members):
    policy = json.loads(DEFAULT_DELIVERY)["http"]
    policy["defaultHealthyRetryPolicy"] |= members.pop("retries", {})
    return {"http": policy | members}


@pytest.mark.parametrize(
    ("sent", "stored", "in_effect"),
    [
        (
            '{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}',
            '{"http":{"disableSubscriptionOverrides":false,'
            '"defaultRequestPolicy":{"headerContentType":"application/json"}}}',
            effective(defaultRequestPolicy={"headerContentType": "application/json"}),
        ),
        (
            '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":6,"numRetries":1}}}',
            '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":6,"numRetries":1},'
            '"disableSubscriptionOverrides":false}}',
            effective(retries={"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1}),
        ),
        (
            '{"http":{"defaultHealthyRetryPolicy":null}}',
            '{"http":{"disableSubscriptionOverrides":false}}',
            effective(),
        ),
        (
            '{"http":{"defaultThrottlePolicy":{"maxReceivesPerSecond":7}, "sicklyRetryPolicy": null}}',
            '{"http":{"disableSubscriptionOverrides":false,"defaultThrottlePolicy":{"maxReceivesPerSecond":7}}}',
            effective(defaultThrottlePolicy={"maxReceivesPerSecond": 7}),
        ),
    ],
)
def test_delivery_policies_as_they_are_kept(set_attribute, attributes, topic, sent, stored, in_effect):
    set_attribute(topic, "DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":50}}}')
    set_attribute(topic, "DeliveryPolicy", sent)
    shown = attributes(topic)
    assert shown["DeliveryPolicy"] == stored
    assert json.loads(shown["EffectiveDeliveryPolicy"]) == in_effect
    set_attribute(topic, "DeliveryPolicy", "")
    shown = attributes(topic)
    assert "DeliveryPolicy" not in shown
    assert shown["EffectiveDeliveryPolicy"] == DEFAULT_DELIVERY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DisplayName", "name"),
        ("KmsMasterKeyId", "key"),
        ("DeliveryPolicy", '{"http":{}}'),
        ("HTTPSuccessFeedbackRoleArn", ROLE),
        ("MaximumMessageSize", "2048"),
    ],
)
def test_an_empty_or_missing_value_unsets(sns, topic, attributes, set_attribute, name, value):
    set_attribute(topic, name, value)
    set_attribute(topic, name, "")
    assert attributes(topic) == fresh(topic)
    set_attribute(topic, name, value)
    sns.set_topic_attributes(TopicArn=topic, AttributeName=name)
    assert attributes(topic) == fresh(topic)


def test_an_empty_display_name_is_one(sns, topic, set_attribute):
    """So whoever creates the topic again with it gets the topic."""
    set_attribute(topic, "DisplayName", "name")
    set_attribute(topic, "DisplayName", "")
    assert sns.create_topic(Name="topic", Attributes={"DisplayName": ""})["TopicArn"] == topic


def test_the_policy_is_replaced_as_a_whole_and_shown_without_blanks(topic, attributes, set_attribute):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": topic},
            {
                "Effect": "Deny",
                "Principal": {"Service": ["s3.amazonaws.com"]},
                "Action": ["sns:Get*", "SNS:Subscribe"],
                "Resource": "arn:aws:sns:*:*:top*",
                "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::é"}},
            },
        ],
    }
    set_attribute(topic, "Policy", json.dumps(policy, indent=2))
    assert attributes(topic)["Policy"] == json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
    set_attribute(topic, "Policy", "")
    assert attributes(topic)["Policy"] == default_policy(topic)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Action": "SNS:SetSubscriptionAttributes"}, "Policy statement action out of service scope!"),
        ({"Action": "sqs:SendMessage"}, "Policy statement action out of service scope!"),
        ({"Action": ["SNS:Publish", "SNS:Nonsense"]}, "Policy statement action out of service scope!"),
        ({"Action": []}, "Policy Error: null"),
        ({"Action": 3}, "Policy Error: null"),
        ({"Resource": "arn:aws:sns:us-east-1:123456789012:other"}, "Policy Error: null"),
        ({"Resource": None}, "Policy Error: null"),
        ({"Effect": "Maybe"}, "Policy Error: null"),
        ({"Principal": {"Aws": "*"}}, "Policy Error: null"),
        ({"Principal": {"AWS": []}}, "Policy Error: null"),
        ({"Principal": "me"}, "Policy Error: null"),
        ({"Principal": {"AWS": "nobody"}}, "Policy Error: PrincipalNotFound"),
        ({"Principal": {"AWS": "arn:aws:iam::11112222333:root"}}, "Policy Error: PrincipalNotFound"),
        ({"Principal": {"AWS": "arn:aws:s3:::bucket"}}, "Policy Error: PrincipalNotFound"),
        ({"Nonsense": 1}, "Policy Error: null"),
        ({"Condition": "x"}, "Policy Error: null"),
    ],
)
def test_policies_that_are_refused(sns, topic, set_attribute, attributes, refused, change, text):
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": topic, **change}
    value = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    refused(set_attribute, "InvalidParameter", f"Invalid parameter: {text}", arn=topic, name="Policy", value=value)
    assert attributes(topic)["Policy"] == default_policy(topic)


def test_the_throughput_scope_does_not_go_back(refused, fifo_topic, set_attribute, attributes):
    set_attribute(fifo_topic, "FifoThroughputScope", "Topic")
    set_attribute(fifo_topic, "FifoThroughputScope", "MessageGroup")
    for value, text in (
        ("Topic", "cannot be changed from MessageGroup to Topic"),
        ("perMessageGroup", "Invalid value [perMessageGroup]. Must be Topic or MessageGroup."),
    ):
        message = f"Invalid parameter: FifoThroughputScope: {text}"
        refused(set_attribute, "InvalidParameter", message, arn=fifo_topic, name="FifoThroughputScope", value=value)
    assert attributes(fifo_topic)["FifoThroughputScope"] == "MessageGroup"


def test_counts(sns, topic, subscribed, attributes):
    received = subscribed(topic, "q")
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    shown = attributes(topic)
    assert (shown["SubscriptionsConfirmed"], shown["SubscriptionsPending"], shown["SubscriptionsDeleted"]) == (
        "1",
        "1",
        "0",
    )
    sns.unsubscribe(SubscriptionArn=received.subscription_arn)
    shown = attributes(topic)
    assert (shown["SubscriptionsConfirmed"], shown["SubscriptionsPending"], shown["SubscriptionsDeleted"]) == (
        "0",
        "1",
        "1",
    )
