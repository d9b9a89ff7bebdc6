"""What hangs on a topic: permissions, tags, the data protection policy."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def statements(sns):
    return lambda arn: json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])["Statement"]


def grant(sns, arn, label="label", accounts=("111111111111",), actions=("Publish",)):
    sns.add_permission(TopicArn=arn, Label=label, AWSAccountId=list(accounts), ActionName=list(actions))


def test_a_permission_for_one_account_and_action(sns, topic, statements):
    before = statements(topic)
    grant(sns, topic)
    assert statements(topic) == [
        *before,
        {
            "Sid": "label",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
            "Action": "SNS:Publish",
            "Resource": topic,
        },
    ]


def test_a_permission_for_several(sns, topic, statements):
    grant(sns, topic, accounts=("222222222222", "111111111111"), actions=("Subscribe", "Publish"))
    statement = statements(topic)[-1]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:root"]}
    assert statement["Action"] == ["SNS:Subscribe", "SNS:Publish"]


def test_a_permission_in_another_partition(make_client):
    sns = make_client("sns", "cn-north-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    grant(sns, topic)
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    assert policy["Statement"][-1]["Principal"] == {"AWS": "arn:aws-cn:iam::111111111111:root"}


def test_removing_a_permission_restores_the_policy(sns, topic):
    before = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    grant(sns, topic)
    sns.remove_permission(TopicArn=topic, Label="another")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"] != before
    sns.remove_permission(TopicArn=topic, Label="label")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"] == before


def test_what_a_permission_can_not_be(sns, topic, refused, statements):
    grant(sns, topic)
    before = statements(topic)
    given = {"TopicArn": topic, "AWSAccountId": ["111111111111"], "ActionName": ["Publish"]}
    add = sns.add_permission
    refused(add, "InvalidParameter", "Invalid parameter: Statement already exists", Label="label", **given)
    text = "Invalid parameter: Policy statement action out of service scope!"
    for action in ("SetSubscriptionAttributes", "publish", "*", "", "SNS:Publish"):
        refused(add, "InvalidParameter", text, Label="other", **(given | {"ActionName": ["Publish", action]}))
    text = "Invalid parameter: A provided account ID is not valid"  # [seen on AWS]
    for account in ("nobody", "12345678901", "", "*"):
        refused(add, "InvalidParameter", text, Label="other", **(given | {"AWSAccountId": [account]}))
    text = (
        "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )
    for missing, path in (("ActionName", "actionName"), ("AWSAccountId", "aWSAccountId")):
        refused(add, "ValidationError", text.format("[]", path), Label="other", **(given | {missing: []}))
    refused(add, "ValidationError", text.format("", "label"), Label="", **given)
    assert statements(topic) == before


def test_the_last_statement_stays(sns, topic, refused):
    text = "Invalid parameter: Policy Error: null"
    refused(sns.remove_permission, "InvalidParameter", text, TopicArn=topic, Label="__default_statement_ID")


def test_permissions_are_added_to_a_policy_with_a_single_statement(sns, topic, statements):
    policy = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "SNS:Publish", "Resource": topic}}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    grant(sns, topic)
    assert [statement["Effect"] for statement in statements(topic)] == ["Deny", "Allow"]


# --- tags ------------------------------------------------------------------------------------------------------------


def tags_of(sns, arn):
    return {tag["Key"]: tag["Value"] for tag in sns.list_tags_for_resource(ResourceArn=arn)["Tags"]}


def test_tags_are_added_overwritten_and_removed(sns, topic):
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == []
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"}])
    assert tags_of(sns, topic) == {"a": "2", "b": "", "c": "3"}
    sns.untag_resource(ResourceArn=topic, TagKeys=["a", "nothing"])
    assert tags_of(sns, topic) == {"b": "", "c": "3"}


def test_repeated_keys_are_refused(sns, topic, refused):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    text = "Invalid parameter: Duplicated keys are not allowed."
    refused(sns.tag_resource, "InvalidParameter", text, ResourceArn=topic, Tags=tags)
    assert tags_of(sns, topic) == {}


def test_fifty_tags_are_the_most(sns, topic, refused):
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    text = "Could not complete request: tag quota of per resource exceeded"
    refused(sns.create_topic, "TagLimitExceeded", text, Name="t", Tags=tags)
    assert len(sns.list_topics()["Topics"]) == 1
    sns.tag_resource(ResourceArn=topic, Tags=tags[:50])
    refused(sns.tag_resource, "TagLimitExceeded", text, ResourceArn=topic, Tags=tags[50:])
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "k0", "Value": "other"}])


@pytest.mark.parametrize(
    "tag", [("a", "Monday, 14-Oct-19 18:00:00 UTC"), ("a,b", "x"), ("{a}", "x"), ("a", "{}"), ("a", "x;"), ("a*", "")]
)
def test_characters_of_tags(sns, topic, refused, tag):
    """[the comma at CreateTopic: seen on AWS, 2019; TagResource: inferred]"""
    tags = [dict(zip(("Key", "Value"), tag, strict=True))]
    text = "Invalid parameter: Tags Reason: The given tag(s) contain invalid characters"
    refused(sns.create_topic, "InvalidParameter", text, Name="t", Tags=tags)
    refused(sns.tag_resource, "InvalidParameter", text, ResourceArn=topic, Tags=tags)
    assert (tags_of(sns, topic), len(sns.list_topics()["Topics"])) == ({}, 1)


def test_characters_that_tags_may_have(sns, topic):
    tags = {"ключ_1": "Wert ß", "a.b:c/d": "=+-@ \t"}
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    assert tags_of(sns, topic) == tags


@pytest.mark.parametrize("key", ["aws:x", "AWS:cloudformation:stack-name"])
def test_keys_that_are_reserved(sns, topic, refused, key):
    """[the sentence: seen on AWS; its beginning and code: inferred]"""
    tags = [{"Key": key, "Value": "x"}]
    text = "Invalid parameter: Tags Reason: aws: prefixed tag key names are not allowed for external use."
    refused(sns.create_topic, "InvalidParameter", text, Name="t", Tags=tags)
    refused(sns.tag_resource, "InvalidParameter", text, ResourceArn=topic, Tags=tags)
    assert tags_of(sns, topic) == {}


def test_keys_and_values_have_a_length(sns, topic, refused):
    key = "k" * 129
    text = (
        f"1 validation error detected: Value '{key}' at 'tags.1.member.key' failed to satisfy constraint: "
        "Member must have length less than or equal to 128"
    )
    refused(sns.tag_resource, "ValidationError", text, ResourceArn=topic, Tags=[{"Key": key, "Value": "v"}])
    value = "v" * 257
    text = (
        f"1 validation error detected: Value '{value}' at 'tags.2.member.value' failed to satisfy constraint: "
        "Member must have length less than or equal to 256"
    )
    tags = [{"Key": "k" * 128, "Value": "v" * 256}, {"Key": "k", "Value": value}]
    refused(sns.tag_resource, "ValidationError", text, ResourceArn=topic, Tags=tags)
    assert tags_of(sns, topic) == {}
    sns.tag_resource(ResourceArn=topic, Tags=tags[:1])
    text = (
        f"1 validation error detected: Value '{key}' at 'tagKeys.2.member' failed to satisfy constraint: "
        "Member must have length less than or equal to 128"
    )
    refused(sns.untag_resource, "ValidationError", text, ResourceArn=topic, TagKeys=["k" * 128, key])
    assert tags_of(sns, topic) == {"k" * 128: "v" * 256}


def test_the_length_of_a_resources_arn(sns, topic, refused):
    arn = topic + "x" * (1012 - len(topic))
    text = (
        f"1 validation error detected: Value '{arn}' at 'resourceArn' failed to satisfy constraint: "
        "Member must have length less than or equal to 1011"
    )
    refused(sns.list_tags_for_resource, "ValidationError", text, ResourceArn=arn)
    refused(sns.list_tags_for_resource, "ResourceNotFound", "Resource does not exist", ResourceArn=arn[:-1])


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("list_tags_for_resource", {}),
        ("tag_resource", {"Tags": [{"Key": "a", "Value": "1"}]}),
        ("untag_resource", {"TagKeys": ["a"]}),
    ],
)
def test_tags_of_a_topic_that_does_not_exist(sns, refused, method, params):
    arn = "arn:aws:sns:us-east-1:123456789012:nowhere"
    answer = refused(getattr(sns, method), "ResourceNotFound", "Resource does not exist", ResourceArn=arn, **params)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize(
    ("method", "action", "params"),
    [
        ("list_tags_for_resource", "ListTagsForResource", {}),
        ("tag_resource", "TagResource", {"Tags": [{"Key": "a", "Value": "1"}]}),
        ("untag_resource", "UntagResource", {"TagKeys": ["a"]}),
    ],
)
def test_tags_of_a_topic_of_nobody(sns, refused, method, action, params):
    arn = "arn:aws:sns:us-east-1:nobody:topic"
    text = (
        f"User: arn:aws:iam::123456789012:user/minicloud is not authorized to perform: SNS:{action} on resource: {arn} "
        f"because no resource-based policy allows the SNS:{action} action"
    )
    refused(getattr(sns, method), "AuthorizationError", text, ResourceArn=arn, **params)


# --- data protection -------------------------------------------------------------------------------------------------

IDENTIFIER = "arn:aws:dataprotection::aws:data-identifier/EmailAddress"


def protection(**change):
    statement = {
        "Sid": "deny",
        "DataDirection": "Inbound",
        "Principal": ["*"],
        "DataIdentifier": [IDENTIFIER],
        "Operation": {"Deny": {}},
        **change,
    }
    return json.dumps({"Name": "policy", "Version": "2021-06-01", "Statement": [statement]})


def with_own_identifiers(*identifiers, **change):
    return json.dumps(json.loads(protection(**change)) | {"Configuration": {"CustomDataIdentifier": identifiers}})


@pytest.mark.parametrize(
    "policy",
    [
        protection(Operation={"Deidentify": {"MaskConfig": {"MaskWithCharacter": "#"}}}, DataDirection="Outbound"),
        protection(Operation={"Deidentify": {"RedactConfig": {}}}),
        protection(
            Operation={
                "Audit": {
                    "SampleRate": "0",
                    "FindingsDestination": {
                        "CloudWatchLogs": {"LogGroup": "/aws/vendedlogs/topic"},
                        "Firehose": {"DeliveryStream": "findings"},
                    },
                    "NoFindingsDestination": {"S3": {"Bucket": "clean"}},
                }
            }
        ),
        with_own_identifiers({"Name": "Order-Id", "Regex": r"order-\d{9}"}, DataIdentifier=["Order-Id", IDENTIFIER]),
    ],
)
def test_operations_and_identifiers_of_data_protection_policies(sns, topic, policy):
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=policy)
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == policy


def test_a_data_protection_policy_is_kept_replaced_and_removed(sns):
    arn = sns.create_topic(Name="t", DataProtectionPolicy=protection())["TopicArn"]
    assert sns.get_data_protection_policy(ResourceArn=arn)["DataProtectionPolicy"] == protection()
    other = protection(Operation={"Deidentify": {"MaskConfig": {}}})
    sns.put_data_protection_policy(ResourceArn=arn, DataProtectionPolicy=other)
    assert sns.get_data_protection_policy(ResourceArn=arn)["DataProtectionPolicy"] == other
    sns.put_data_protection_policy(ResourceArn=arn, DataProtectionPolicy="")
    assert sns.get_data_protection_policy(ResourceArn=arn)["DataProtectionPolicy"] == ""


def test_the_direction_of_a_data_protection_policy(sns, topic, refused):
    text = "Invalid parameter: DataProtectionPolicy Reason: Statement DataDirection must be either Inbound or Outbound"
    wrong = protection(DataDirection="Sideways")
    refused(sns.create_topic, "InvalidParameter", text, Name="t", DataProtectionPolicy=wrong)
    refused(sns.put_data_protection_policy, "InvalidParameter", text, ResourceArn=topic, DataProtectionPolicy=wrong)
    assert len(sns.list_topics()["Topics"]) == 1


def audit(**members):
    return {"Audit": {"SampleRate": 9, **members}}


AUDIT = "Statement Operation Audit"
MASK = "Statement Operation Deidentify MaskConfig"
MASK_CHARACTER = f"{MASK} MaskWithCharacter"
OWN = "Configuration CustomDataIdentifier"


@pytest.mark.parametrize(
    ("policy", "member"),
    [
        ("{}", "Name"),
        (json.dumps({**json.loads(protection()), "Name": 1}), "Name"),
        (json.dumps({**json.loads(protection()), "Version": "2021-06-02"}), "Version"),
        *((json.dumps({**json.loads(protection()), "Statement": wrong}), "Statement") for wrong in ([], {}, None, [1])),
        (json.dumps({**json.loads(protection()), "Configuration": []}), "Configuration"),
        *((protection(Principal=wrong), "Statement Principal") for wrong in ([], "", {"AWS": "*"}, None)),
        *((protection(DataIdentifier=wrong), "Statement DataIdentifier") for wrong in ([], "EmailAddress", [""], [1])),
        *(
            (protection(Operation=wrong), "Statement Operation")
            for wrong in ({}, [], {"Deny": {}, "Audit": {}}, {"Delete": {}}, {"Deny": []})
        ),
        (protection(Operation={"Audit": {}}), f"{AUDIT} SampleRate"),
        *((protection(Operation=audit(SampleRate=rate)), f"{AUDIT} SampleRate") for rate in (-1, 100, True, 9.5)),
        *((protection(Operation=audit(SampleRate=rate)), f"{AUDIT} SampleRate") for rate in ("100", "-1", "9.0", "٩")),
        (protection(Operation=audit(FindingsDestination=[])), f"{AUDIT} FindingsDestination"),
        (protection(Operation=audit(NoFindingsDestination="S3")), f"{AUDIT} NoFindingsDestination"),
        *(
            (protection(Operation=audit(FindingsDestination={"S3": wrong})), f"{AUDIT} FindingsDestination S3 Bucket")
            for wrong in ({}, [], {"Bucket": ""}, {"Bucket": 1})
        ),
        (
            protection(Operation=audit(NoFindingsDestination={"Firehose": {"Bucket": "b"}})),
            f"{AUDIT} NoFindingsDestination Firehose DeliveryStream",
        ),
        (
            protection(Operation=audit(FindingsDestination={"CloudWatchLogs": {"LogGroup": "/mine"}})),
            f"{AUDIT} FindingsDestination CloudWatchLogs LogGroup",
        ),
        *(
            (protection(Operation={"Deidentify": wrong}), "Statement Operation Deidentify")
            for wrong in ({}, {"MaskConfig": {}, "RedactConfig": {}})
        ),
        (protection(Operation={"Deidentify": {"MaskConfig": "#"}}), MASK),
        *(
            (protection(Operation={"Deidentify": {"MaskConfig": {"MaskWithCharacter": wrong}}}), MASK_CHARACTER)
            for wrong in ("##", "", 1, "\x1f", "\x7f", "é")
        ),
        (json.dumps({**json.loads(protection()), "Configuration": {"CustomDataIdentifier": {}}}), OWN),
        (with_own_identifiers("order-1"), OWN),
        (with_own_identifiers(*({"Name": f"n{number}", "Regex": "x"} for number in range(11))), OWN),
        *((with_own_identifiers({"Name": name, "Regex": "x"}), f"{OWN} Name") for name in ("a b", "", "n" * 129, 1)),
        (with_own_identifiers({"Name": "a", "Regex": "x"}, {"Name": "a", "Regex": "y"}), f"{OWN} Name"),
        *((with_own_identifiers({"Name": "a", "Regex": regex}), f"{OWN} Regex") for regex in ("x" * 201, "", 1)),
    ],
)
def test_what_is_missing_or_invalid_in_a_data_protection_policy(sns, topic, refused, policy, member):
    text = f"Invalid parameter: DataProtectionPolicy Reason: {member} is missing or invalid"
    refused(sns.put_data_protection_policy, "InvalidParameter", text, ResourceArn=topic, DataProtectionPolicy=policy)
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == ""


@pytest.mark.parametrize(
    ("policy", "member"),
    [
        (json.dumps({**json.loads(protection()), "Id": "x"}), "Id"),
        (json.dumps({**json.loads(protection()), "Configuration": {"Regex": "x"}}), "Regex"),
        (with_own_identifiers({"Name": "a", "Regex": "x", "Sid": "x"}), "Sid"),
        (protection(Effect="Deny"), "Effect"),
        (protection(Operation={"Deny": {"Name": 1}}), "Name"),
        (protection(Operation=audit(Bucket="x")), "Bucket"),
        (protection(Operation=audit(FindingsDestination={"Lambda": {}})), "Lambda"),
        (protection(Operation={"Deidentify": {"HashConfig": {}}}), "HashConfig"),
        (protection(Operation={"Deidentify": {"RedactConfig": {"MaskWithCharacter": "#"}}}), "MaskWithCharacter"),
    ],
)
def test_what_a_data_protection_policy_does_not_have(sns, topic, refused, policy, member):
    text = f"Invalid parameter: DataProtectionPolicy Reason: {member} is unknown"
    refused(sns.put_data_protection_policy, "InvalidParameter", text, ResourceArn=topic, DataProtectionPolicy=policy)


@pytest.mark.parametrize(
    "policy",
    [
        protection(Operation=audit(SampleRate=0)),
        protection(Operation=audit(SampleRate=99)),
        protection(Operation={"Deidentify": {"MaskConfig": {"MaskWithCharacter": " "}}}),
        protection(Operation={"Deidentify": {"MaskConfig": {"MaskWithCharacter": "~"}}}),
        with_own_identifiers(
            *({"Name": f"n{number}", "Regex": "x"} for number in range(9)), {"Name": "n" * 128, "Regex": "x" * 200}
        ),
        json.dumps({**json.loads(protection()), "Description": "d"}),
        json.dumps({**json.loads(protection()), "Statement": json.loads(protection())["Statement"] * 2}),
    ],
)
def test_the_limits_of_data_protection_policies_can_be_reached(sns, topic, policy):
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=policy)
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == policy


def test_the_length_of_a_data_protection_policy(sns, topic, refused):
    longest = protection(Sid="x" * (30_720 - len(protection(Sid=""))))
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=longest)
    text = "Invalid parameter: DataProtectionPolicy Reason: policy must be at most 30720 characters long"
    refused(
        sns.put_data_protection_policy,
        "InvalidParameter",
        text,
        ResourceArn=topic,
        DataProtectionPolicy=longest + " ",
    )
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == longest


@pytest.mark.parametrize("policy", ["no json", "[]", "1"])
def test_a_data_protection_policy_is_json(sns, topic, refused, policy):
    text = "Invalid parameter: DataProtectionPolicy Reason: failed to parse JSON"
    refused(sns.put_data_protection_policy, "InvalidParameter", text, ResourceArn=topic, DataProtectionPolicy=policy)


@pytest.mark.parametrize("identifier", ["EmailAddress", "arn:aws:dataprotection::aws:data-identifier/New_One", "x y"])
def test_no_data_identifier_is_refused_by_its_spelling(sns, topic, identifier):
    """Which there are on AWS is not known."""
    policy = protection(DataIdentifier=[identifier])
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=policy)
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == policy


def test_one_audit_is_enough(sns, topic, refused):
    statement = json.loads(protection(Operation={"Audit": {"SampleRate": "99", "FindingsDestination": {}}}))
    policy = statement | {"Statement": statement["Statement"] * 2}
    refused(
        sns.put_data_protection_policy,
        "InvalidParameter",
        "Invalid parameter: DataProtectionPolicy Reason: only one statement may have an Audit operation",
        ResourceArn=topic,
        DataProtectionPolicy=json.dumps(policy),
    )
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=json.dumps(statement))


def test_fifo_topics_have_no_data_protection_policy(sns, fifo_topic, refused):
    refused(
        sns.put_data_protection_policy,
        "InvalidParameter",
        "Invalid parameter: DataProtectionPolicy Reason: data protection policies are not supported for FIFO topics",
        ResourceArn=fifo_topic,
        DataProtectionPolicy=protection(),
    )
