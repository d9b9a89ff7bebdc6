"""Mobile push: platform applications and endpoints."""

from __future__ import annotations

import json

import pytest

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/feedback"
UUID = "c1f76c42-192a-4e75-b04f-a9268ce2abf3"

SECRETS = {"PlatformCredential": "key", "PlatformPrincipal": "certificate"}


@pytest.fixture
def application(sns):
    return sns.create_platform_application(Name="app", Platform="GCM", Attributes={"PlatformCredential": "key"})[
        "PlatformApplicationArn"
    ]


@pytest.fixture
def device(sns, application):
    return sns.create_platform_endpoint(PlatformApplicationArn=application, Token="token")["EndpointArn"]


def application_attributes(sns, arn):
    return sns.get_platform_application_attributes(PlatformApplicationArn=arn)["Attributes"]


def device_attributes(sns, arn):
    return sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"]


WRONG_RATE = "Invalid value for attribute: SuccessFeedbackSampleRate: {} value provided is not an integer between 0-100"

# --- applications ----------------------------------------------------------------------------------------------------


def test_a_fresh_application_shows_no_credentials(sns, application):
    assert application == f"arn:aws:sns:us-east-1:{ACCOUNT}:app/GCM/app"
    assert application_attributes(sns, application) == {"Enabled": "true"}
    assert sns.list_platform_applications()["PlatformApplications"] == [
        {"PlatformApplicationArn": application, "Attributes": {"Enabled": "true"}}
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "Invalid parameter:  Reason: cannot be empty"),
        ("x" * 257, f"Invalid parameter: {'x' * 257} Reason: must be at most 256 characters long"),
        *[
            (
                name,
                f"Invalid parameter: {name} Reason: must contain only characters "
                "'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'",
            )
            for name in ("a b", "é", "a/b", "a\n", "{name}")
        ],
    ],
)
def test_names_of_applications_that_are_refused(sns, refused, name, text):
    given = {"Name": name, "Platform": "GCM", "Attributes": {"PlatformCredential": "key"}}
    refused(sns.create_platform_application, "InvalidParameter", text, **given)


@pytest.mark.parametrize("name", ["a", "x" * 256, "A-b_c.9"])
def test_names_of_applications_that_are_accepted(sns, name):
    sns.create_platform_application(Name=name, Platform="APNS", Attributes=SECRETS)


@pytest.mark.parametrize("platform", ["", "gcm", "AAA"])
def test_unknown_platforms(sns, refused, platform):
    """[another emulator, modelled on AWS]"""
    text = f"Invalid parameter: Platform Reason: {platform} is not supported"
    given = {"Name": "a", "Platform": platform, "Attributes": SECRETS}
    refused(sns.create_platform_application, "InvalidParameter", text, **given)


@pytest.mark.parametrize("platform", ["APNS", "APNS_SANDBOX", "ADM"])
@pytest.mark.parametrize(
    ("given", "missing"),
    [("PlatformCredential", "PlatformPrincipal"), ("PlatformPrincipal", "PlatformCredential")],
)
def test_one_secret_without_the_other(sns, refused, platform, given, missing):
    """[another emulator, modelled on AWS; that GCM does with one: seen on AWS]"""
    text = f"Invalid parameter: Attributes Reason: {given} attribute provided without {missing}"
    given = {"Name": "a", "Platform": platform, "Attributes": {given: "x"}}
    refused(sns.create_platform_application, "InvalidParameter", text, **given)


def test_an_application_without_attributes(sns, refused):
    """[another emulator; recorded for SetPlatformApplicationAttributes]"""
    text = (
        "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null"
    )
    given = {"Name": "a", "Platform": "GCM", "Attributes": {}}
    refused(sns.create_platform_application, "ValidationError", text, **given)


def test_creating_an_application_again(sns, application, refused):
    given = {"Name": "app", "Platform": "GCM"}
    create = sns.create_platform_application
    assert create(**given, Attributes={"PlatformCredential": "key"})["PlatformApplicationArn"] == application
    text = "Invalid parameter: Name Reason: An application with the same name but different properties already exists"
    refused(create, "InvalidParameter", text, **given, Attributes={"PlatformCredential": "other"})
    other = create(Name="app", Platform="ADM", Attributes=SECRETS)["PlatformApplicationArn"]
    assert other != application


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        (
            {"SuccessFeedbackSampleRate": "101"},
            WRONG_RATE.format(101),
        ),
        ({"SuccessFeedbackSampleRate": "-1"}, WRONG_RATE.format("-1")),
        ({"PlatformCredential": ""}, "Invalid value for attribute: PlatformCredential: cannot be empty"),
        ({"Nonsense": "x"}, "Invalid attribute name: Nonsense"),
    ],
)
def test_wrong_attributes_of_applications_have_one_prefix(sns, application, refused, attributes, text):
    text = f"Invalid parameter: Attributes Reason: {text}"
    given = {"Name": "other", "Platform": "GCM", "Attributes": attributes}
    refused(sns.create_platform_application, "InvalidParameter", text, **given)
    given = {"PlatformApplicationArn": application, "Attributes": attributes}
    refused(sns.set_platform_application_attributes, "InvalidParameter", text, **given)
    assert application_attributes(sns, application) == {"Enabled": "true"}


@pytest.mark.parametrize("rate", ["0", "100"])
def test_the_ends_of_the_sample_rate(sns, application, rate):
    given = {"SuccessFeedbackSampleRate": rate}
    sns.set_platform_application_attributes(PlatformApplicationArn=application, Attributes=given)
    assert application_attributes(sns, application) == {"Enabled": "true", **given}


def test_setting_attributes_of_an_application(sns, topic, application):
    sns.set_platform_application_attributes(
        PlatformApplicationArn=application,
        Attributes={
            "EventEndpointCreated": topic,
            "SuccessFeedbackRoleArn": ROLE,
            "SuccessFeedbackSampleRate": "5",
            "PlatformCredential": "new",
        },
    )
    assert application_attributes(sns, application) == {
        "Enabled": "true",
        "EventEndpointCreated": topic,
        "SuccessFeedbackRoleArn": ROLE,
        "SuccessFeedbackSampleRate": "5",
    }
    text = f"Invalid value for attribute: EventEndpointDeleted: {topic}2 is not the ARN of an existing topic$"
    with pytest.raises(sns.exceptions.ClientError, match=text):
        sns.set_platform_application_attributes(
            PlatformApplicationArn=application, Attributes={"EventEndpointDeleted": topic + "2"}
        )


def test_the_order_of_checks_when_setting_attributes(sns, refused):
    call = sns.set_platform_application_attributes
    text = "Invalid parameter: PlatformApplicationArn Reason: An ARN must have at least 6 elements, not 1"
    refused(call, "InvalidParameter", text, PlatformApplicationArn="nothing", Attributes={})
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:app/GCM/nothing"
    text = (
        "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null"
    )
    refused(call, "ValidationError", text, PlatformApplicationArn=arn, Attributes={})
    text = "PlatformApplication does not exist"
    refused(call, "NotFound", text, PlatformApplicationArn=arn, Attributes={"Nonsense": "x"})


def test_applications_that_do_not_exist(sns, refused):
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:app/GCM/nothing"
    text = "PlatformApplication does not exist"
    refused(sns.get_platform_application_attributes, "NotFound", text, PlatformApplicationArn=arn)
    refused(sns.list_endpoints_by_platform_application, "NotFound", text, PlatformApplicationArn=arn)
    refused(sns.create_platform_endpoint, "NotFound", text, PlatformApplicationArn=arn, Token="t")
    sns.delete_platform_application(PlatformApplicationArn=arn)


@pytest.mark.parametrize("relative", ["app/GCM", "app/GCM/a/b", "topic", "endpoint/GCM/a"])
def test_the_form_of_an_applications_arn(sns, refused, relative):
    text = "Invalid parameter: PlatformApplicationArn Reason: Wrong number of slashes in relative portion of the ARN."
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:{relative}"
    for method in (
        sns.get_platform_application_attributes,
        sns.delete_platform_application,
        sns.list_endpoints_by_platform_application,
    ):
        refused(method, "InvalidParameter", text, PlatformApplicationArn=arn)


def test_deleting_an_application_deletes_its_endpoints(sns, application, device, refused):
    sns.delete_platform_application(PlatformApplicationArn=application)
    refused(sns.get_endpoint_attributes, "NotFound", "Endpoint does not exist", EndpointArn=device)
    assert sns.list_platform_applications()["PlatformApplications"] == []


def test_applications_are_listed_in_pages(sns):
    for number in range(101):
        sns.create_platform_application(Name=f"a{number}", Platform="GCM", Attributes=SECRETS)
    first = sns.list_platform_applications()
    second = sns.list_platform_applications(NextToken=first["NextToken"])
    assert [len(page["PlatformApplications"]) for page in (first, second)] == [100, 1]


# --- endpoints -------------------------------------------------------------------------------------------------------


def test_a_fresh_endpoint(sns, application, device):
    assert device.startswith(f"arn:aws:sns:us-east-1:{ACCOUNT}:endpoint/GCM/app/")
    assert len(device.rpartition("/")[2]) == 36
    assert device_attributes(sns, device) == {"Enabled": "true", "Token": "token"}
    assert sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)["Endpoints"] == [
        {"EndpointArn": device, "Attributes": {"Enabled": "true", "Token": "token"}}
    ]


def test_the_attributes_win_over_the_parameter(sns, application):
    arn = sns.create_platform_endpoint(
        PlatformApplicationArn=application,
        Token="other",
        CustomUserData="parameter",
        Attributes={"CustomUserData": "attribute", "Enabled": "False"},
    )["EndpointArn"]
    assert device_attributes(sns, arn) == {"Enabled": "false", "Token": "other", "CustomUserData": "attribute"}


def test_creating_an_endpoint_again(sns, application, device, refused):
    create = sns.create_platform_endpoint
    given = {"PlatformApplicationArn": application, "Token": "token"}
    assert create(**given)["EndpointArn"] == device
    assert create(**given, Attributes={"Enabled": "true"})["EndpointArn"] == device
    text = (
        f"Invalid parameter: Token Reason: Endpoint {device} already exists with the same Token, "
        "but different attributes."
    )
    refused(create, "InvalidParameter", text, **given, CustomUserData="x")
    refused(create, "InvalidParameter", text, **given, Attributes={"Enabled": "false"})
    assert create(PlatformApplicationArn=application, Token="token2")["EndpointArn"] != device


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"Token": ""}, "Token Reason: cannot be empty"),
        ({"Token": "é" * 4097}, "Token Reason: must be at most 8192 bytes long in UTF-8 encoding"),
        (
            {"Token": "t", "Attributes": {"Token": ""}},
            "Attributes Reason: Invalid value for attribute: Token: cannot be empty",
        ),
        (
            {"Token": "t", "Attributes": {"Token": "é" * 4096 + "x"}},
            "Attributes Reason: Invalid value for attribute: Token: must be at most 8192 bytes long in UTF-8 encoding",
        ),
        (
            {"Token": "t", "Attributes": {"PlatformCredential": "x"}},
            "Attributes Reason: Invalid attribute name: PlatformCredential",
        ),
        (
            {"Token": "t", "CustomUserData": "x" * 2049},
            "Attributes Reason: Invalid value for attribute: CustomUserData: "
            "must be at most 2048 bytes long in UTF-8 encoding",
        ),
    ],
)
def test_endpoints_that_are_refused(sns, application, refused, params, text):
    create = sns.create_platform_endpoint
    refused(create, "InvalidParameter", f"Invalid parameter: {text}", PlatformApplicationArn=application, **params)
    assert sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)["Endpoints"] == []


def test_setting_attributes_of_an_endpoint(sns, application, device, refused):
    attributes = {"Token": "new", "CustomUserData": "data", "Enabled": "false"}
    sns.set_endpoint_attributes(EndpointArn=device, Attributes=attributes)
    assert device_attributes(sns, device) == attributes
    other = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="token")["EndpointArn"]
    assert other != device
    text = "Invalid parameter: This endpoint is already registered with a different token."
    call = sns.set_endpoint_attributes
    refused(call, "InvalidParameter", text, EndpointArn=other, Attributes={"Token": "new", "Enabled": "false"})
    assert device_attributes(sns, other) == {"Enabled": "true", "Token": "token"}


def test_endpoints_that_do_not_exist(sns, refused):
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:endpoint/GCM/app/{UUID}"
    text = "Endpoint does not exist"
    refused(sns.get_endpoint_attributes, "NotFound", text, EndpointArn=arn)
    refused(sns.set_endpoint_attributes, "NotFound", text, EndpointArn=arn, Attributes={"Enabled": "true"})
    sns.delete_endpoint(EndpointArn=arn)


def test_setting_no_attributes_of_an_endpoint(sns, device, refused):
    text = (
        "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null"
    )
    for arn in (device, device[:-1] + "x"):
        refused(sns.set_endpoint_attributes, "ValidationError", text, EndpointArn=arn, Attributes={})


@pytest.mark.parametrize("value", ["maybe", "", "1"])
def test_enabled_is_true_or_false(sns, application, device, refused, value):
    for method, arn in (
        (sns.set_endpoint_attributes, {"EndpointArn": device}),
        (sns.set_platform_application_attributes, {"PlatformApplicationArn": application}),
    ):
        text = "Invalid parameter: Attributes Reason: Invalid value for attribute: Enabled: must be true or false"
        refused(method, "InvalidParameter", text, **arn, Attributes={"Enabled": value})
    assert device_attributes(sns, device)["Enabled"] == application_attributes(sns, application)["Enabled"] == "true"
    for spelling, kept in (("FALSE", "false"), ("True", "true")):
        sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": spelling})
        assert device_attributes(sns, device)["Enabled"] == kept


@pytest.mark.parametrize("relative", ["endpoint/GCM/app", f"endpoint/GCM/app/{UUID}/x", "topic", f"app/GCM/app/{UUID}"])
def test_the_form_of_an_endpoints_arn(sns, refused, relative):
    text = "Invalid parameter: EndpointArn Reason: Wrong number of slashes in relative portion of the ARN."
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:{relative}"
    for method in (sns.get_endpoint_attributes, sns.delete_endpoint):
        refused(method, "InvalidParameter", text, EndpointArn=arn)


def test_endpoints_are_listed_in_pages(sns, application):
    for number in range(101):
        sns.create_platform_endpoint(PlatformApplicationArn=application, Token=f"t{number}")
    list_endpoints = sns.list_endpoints_by_platform_application
    first = list_endpoints(PlatformApplicationArn=application)
    second = list_endpoints(PlatformApplicationArn=application, NextToken=first["NextToken"])
    tokens = [endpoint["Attributes"]["Token"] for page in (first, second) for endpoint in page["Endpoints"]]
    assert tokens == [f"t{number}" for number in range(101)]
    assert len(first["Endpoints"]) == 100
    assert "NextToken" not in second


@pytest.mark.parametrize("method", ["get_endpoint_attributes", "delete_endpoint"])
def test_the_id_of_an_endpoint_has_36_characters(sns, refused, method):
    text = (
        "Invalid parameter: EndpointArn Reason: ARN specifies an invalid endpointId: "
        "UUID must be encoded in exactly 36 characters."
    )
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:endpoint/GCM/app/short"
    refused(getattr(sns, method), "InvalidParameter", text, EndpointArn=arn)
    text = text.replace("EndpointArn", "TargetArn")
    refused(sns.publish, "InvalidParameter", text, TargetArn=arn, Message="x")


def test_deleting_an_endpoint_frees_its_token(sns, application, device):
    for _ in range(2):
        sns.delete_endpoint(EndpointArn=device)
    assert sns.create_platform_endpoint(PlatformApplicationArn=application, Token="token")["EndpointArn"] != device


# --- pushing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "payload"),
    [
        ("GCM", {"data": {"default": "hello"}}),
        ("ADM", {"data": {"default": "hello"}}),
        ("APNS", {"aps": {"alert": "hello"}}),
        ("APNS_SANDBOX", {"aps": {"alert": "hello"}}),
    ],
)
def test_the_default_text_is_wrapped_for_the_platform(sns, outbox, platform, payload):
    arn = sns.create_platform_application(Name="app", Platform=platform, Attributes=SECRETS)["PlatformApplicationArn"]
    device = sns.create_platform_endpoint(PlatformApplicationArn=arn, Token="token")["EndpointArn"]
    answer = sns.publish(TargetArn=device, Message="hello")
    (departure,) = outbox
    assert (departure.protocol, departure.endpoint) == ("application", device)
    assert json.loads(departure.body) == payload
    assert departure.headers == {"Platform": platform, "Token": "token"}
    assert departure.message_id == answer["MessageId"]


def test_the_platforms_own_text_goes_as_it_is(sns, device, outbox, refused):
    own = '{ "notification": {"title": "t"} }'
    sns.publish(TargetArn=device, Message=json.dumps({"GCM": own}), MessageStructure="json")
    assert outbox[0].body == own
    text = "Invalid parameter: Message Structure - No default entry in JSON message body"
    refused(
        sns.publish,
        "InvalidParameter",
        text,
        TargetArn=device,
        Message='{"APNS":"x"}',
        MessageStructure="json",
    )


def test_what_another_account_has_is_not_shown(sns, refused):
    place = "arn:aws:sns:us-east-1:999999999999:"
    application, device = (
        f"{place}app/GCM/a",
        f"{place}endpoint/GCM/a/{'0' * 8}-{'0' * 4}-{'0' * 4}-{'0' * 4}-{'0' * 12}",
    )
    calls = {
        "DeleteEndpoint": (sns.delete_endpoint, {"EndpointArn": device}),
        "GetEndpointAttributes": (sns.get_endpoint_attributes, {"EndpointArn": device}),
        "SetEndpointAttributes": (
            sns.set_endpoint_attributes,
            {"EndpointArn": device, "Attributes": {"Enabled": "true"}},
        ),
        "DeletePlatformApplication": (sns.delete_platform_application, {"PlatformApplicationArn": application}),
        "GetPlatformApplicationAttributes": (
            sns.get_platform_application_attributes,
            {"PlatformApplicationArn": application},
        ),
        "SetPlatformApplicationAttributes": (
            sns.set_platform_application_attributes,
            {"PlatformApplicationArn": application, "Attributes": {"Enabled": "true"}},
        ),
        "Publish": (sns.publish, {"TargetArn": device, "Message": "x"}),
    }
    for action, (call, params) in calls.items():
        resource = params.get("EndpointArn") or params.get("TargetArn") or application
        with pytest.raises(sns.exceptions.AuthorizationErrorException) as caught:
            call(**params)
        text = f"is not authorized to perform: SNS:{action} on resource: {resource} "
        assert text in str(caught.value), action


def test_what_each_platform_is_sent(sns, outbox):
    """Its own text, and the default one as the platform takes it."""
    aps, data = '{"aps":{"alert":"for all"}}', '{"data":{"default":"for all"}}'
    plain = dict.fromkeys(("BAIDU", "MPNS", "WNS"), "for all")
    apple = [f"{name}{box}" for name in ("APNS", "APNS_VOIP", "MACOS") for box in ("", "_SANDBOX")]
    defaults = {"ADM": data, "GCM": data, **plain, **dict.fromkeys(apple, aps)}
    for platform, default in defaults.items():
        application = sns.create_platform_application(Name="all", Platform=platform, Attributes=SECRETS)
        arn = application["PlatformApplicationArn"]
        assert arn == f"arn:aws:sns:us-east-1:{ACCOUNT}:app/{platform}/all"
        device = sns.create_platform_endpoint(PlatformApplicationArn=arn, Token="token")["EndpointArn"]
        sns.publish(TargetArn=device, Message=json.dumps({"default": "for all"}), MessageStructure="json")
        sns.publish(TargetArn=device, Message="for all")
        messages = {"default": "for all", platform: f"for {platform}"}
        sns.publish(TargetArn=device, Message=json.dumps(messages), MessageStructure="json")
        bodies = [departure.body for departure in outbox.to(device)]
        assert bodies == [default, default, f"for {platform}"], platform


def test_devices_that_can_not_be_pushed_to(sns, application, device, refused, outbox):
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false"})
    refused(sns.publish, "EndpointDisabled", "Endpoint is disabled", TargetArn=device, Message="x")
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "true"})
    sns.set_platform_application_attributes(PlatformApplicationArn=application, Attributes={"Enabled": "false"})
    with pytest.raises(sns.exceptions.PlatformApplicationDisabledException, match=r"Platform application is disabled$"):
        sns.publish(TargetArn=device, Message="x")
    sns.delete_endpoint(EndpointArn=device)
    text = "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified"
    refused(sns.publish, "InvalidParameter", text, TargetArn=device, Message="x")
    assert list(outbox) == []


def test_a_device_subscribed_to_a_topic(sns, topic, device, outbox, queue):
    arn, dead_letters = queue("dead-letters")
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn})}
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=device, Attributes=policy)
    message = {"default": "for all", "GCM": '{"data":{}}'}
    sns.publish(TopicArn=topic, Message=json.dumps(message), MessageStructure="json")
    sns.publish(TopicArn=topic, Message="plain")
    assert [departure.body for departure in outbox.to(device)] == ['{"data":{}}', '{"data":{"default":"plain"}}']
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false"})
    sns.publish(TopicArn=topic, Message="disabled")
    sns.delete_endpoint(EndpointArn=device)
    sns.publish(TopicArn=topic, Message="deleted")
    assert len(outbox) == 2
    assert sorted(json.loads(found["Body"])["Message"] for found in dead_letters()) == ["deleted", "disabled"]
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


def test_devices_of_an_application_that_is_disabled(sns, topic, application, device, outbox, queue):
    arn, dead_letters = queue("dead-letters")
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn})}
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=device, Attributes=policy)
    sns.set_platform_application_attributes(PlatformApplicationArn=application, Attributes={"Enabled": "false"})
    assert device_attributes(sns, device)["Enabled"] == "true"
    sns.publish(TopicArn=topic, Message="x")
    assert list(outbox) == []
    (message,) = dead_letters()
    assert json.loads(message["Body"])["Message"] == "x"


def test_a_device_of_another_account_subscribed_to_a_topic(make_client, sns, topic, outbox):
    other = make_client("sns", account_id="111111111111")
    credential = {"PlatformCredential": "key"}
    application = other.create_platform_application(Name="app", Platform="GCM", Attributes=credential)
    device = other.create_platform_endpoint(PlatformApplicationArn=application["PlatformApplicationArn"], Token="t")
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=device["EndpointArn"])
    sns.publish(TopicArn=topic, Message="x")
    assert len(outbox) == 1


def test_subscribing_a_device_that_does_not_exist(sns, topic, device, refused):
    sns.delete_endpoint(EndpointArn=device)
    text = f"Invalid parameter: Endpoint Reason: Endpoint does not exist for endpoint arn{device}"  # AWS says arn twice
    given = {"TopicArn": topic, "Protocol": "application", "Endpoint": device}
    refused(sns.subscribe, "InvalidParameter", text, **given)


def test_applications_announce_what_happens_to_their_endpoints(cloud, sns, topic, application, subscribed):
    events = ("EndpointCreated", "EndpointDeleted", "EndpointUpdated", "DeliveryFailure")
    sns.set_platform_application_attributes(
        PlatformApplicationArn=application, Attributes={f"Event{event}": topic for event in events}
    )
    received = subscribed(topic, "q")
    orders = sns.create_topic(Name="orders")["TopicArn"]
    device = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="other")["EndpointArn"]
    sns.create_platform_endpoint(PlatformApplicationArn=application, Token="other")
    sns.subscribe(TopicArn=orders, Protocol="application", Endpoint=device)
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false"})
    answer = sns.publish(TopicArn=orders, Message="x")
    sns.delete_endpoint(EndpointArn=device)
    sns.delete_endpoint(EndpointArn=device)
    found = [json.loads(message["Body"]) for message in received()]
    messages = [json.loads(body["Message"]) for body in found]
    assert [message["EventType"] for message in messages] == [
        "EndpointCreated",
        "EndpointUpdated",
        "DeliveryFailure",
        "EndpointDeleted",
    ]
    assert all(message["EndpointArn"] == device and message["Resource"] == application for message in messages)
    assert messages[2]["MessageId"] == answer["MessageId"]
    failure = {name: messages[2][name] for name in ("DeliveryAttempts", "FailureMessage", "FailureType")}
    assert failure == {
        "DeliveryAttempts": 1,
        "FailureMessage": "Endpoint is disabled",
        "FailureType": "EndpointDisabled",
    }
    assert found[2]["Subject"] == "DeliveryFailure event for app app (GCM)"


def test_a_failure_to_deliver_an_event_is_no_event(cloud, sns, topic, application, device):
    sns.set_platform_application_attributes(
        PlatformApplicationArn=application, Attributes={"EventDeliveryFailure": topic}
    )
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=device)
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false"})
    sns.publish(TopicArn=topic, Message="x")
    subjects = [publication.subject for publication in cloud.topic(topic).published]
    assert subjects == [None, "DeliveryFailure event for app app (GCM)"]


def test_events_are_not_announced_to_a_fifo_topic(cloud, sns, application, subscribed, fifo_topic):
    received = subscribed(fifo_topic, "q.fifo")
    sns.set_platform_application_attributes(
        PlatformApplicationArn=application, Attributes={"EventEndpointCreated": fifo_topic}
    )
    sns.create_platform_endpoint(PlatformApplicationArn=application, Token="token")
    assert cloud.topic(fifo_topic).published == []
    assert received() == []


def test_the_largest_message_to_a_device(sns, device, outbox, refused):
    sns.publish(TargetArn=device, Message="x" * 262_144)
    assert len(outbox) == 1
    text = "Invalid parameter: Message too long"
    refused(sns.publish, "InvalidParameter", text, TargetArn=device, Message="x" * 262_145)


@pytest.mark.parametrize("place", ["sqs:us-east-1", "sns:eu-west-1"])
def test_devices_and_applications_of_elsewhere(sns, refused, place):
    """[inferred, as recorded for topics]"""
    for relative, parameter, method in (
        (f"endpoint/GCM/app/{UUID}", "EndpointArn", sns.get_endpoint_attributes),
        ("app/GCM/app", "PlatformApplicationArn", sns.get_platform_application_attributes),
    ):
        arn = f"arn:aws:{place}:{ACCOUNT}:{relative}"
        refused(method, "InvalidParameter", f"Invalid parameter: {parameter}", **{parameter: arn})


def test_applications_of_strangers(make_client, sns, application, device):
    stranger = make_client("sns", account_id="111111111111")
    for method in (stranger.get_platform_application_attributes, stranger.delete_platform_application):
        with pytest.raises(stranger.exceptions.AuthorizationErrorException):
            method(PlatformApplicationArn=application)
    for method in (stranger.get_endpoint_attributes, stranger.delete_endpoint):
        with pytest.raises(stranger.exceptions.AuthorizationErrorException):
            method(EndpointArn=device)
    with pytest.raises(stranger.exceptions.NotFoundException):
        stranger.create_platform_endpoint(PlatformApplicationArn=application, Token="t")
    with pytest.raises(stranger.exceptions.NotFoundException):
        stranger.list_endpoints_by_platform_application(PlatformApplicationArn=application)


def test_user_data_may_have_2048_bytes(sns, application):
    create = sns.create_platform_endpoint
    assert create(PlatformApplicationArn=application, Token="t", CustomUserData="é" * 1024)["EndpointArn"]
    with pytest.raises(sns.exceptions.InvalidParameterException, match="must be at most 2048 bytes long"):
        create(PlatformApplicationArn=application, Token="u", CustomUserData="é" * 1024 + "x")
