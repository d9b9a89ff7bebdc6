"""Versions and aliases."""

from __future__ import annotations

import pytest

import minicloud

from .archives import archive

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"


@pytest.fixture
def two(lambda_, function):
    """A function with two versions."""
    lambda_.publish_version(FunctionName="bill", Description="first")
    lambda_.update_function_configuration(FunctionName="bill", Timeout=9)
    lambda_.publish_version(FunctionName="bill", Description="second")
    return lambda_


def test_a_version_stays_as_it_was(lambda_, function, cloud):
    latest = lambda_.get_function_configuration(FunctionName="bill")
    first = lambda_.publish_version(FunctionName="bill", Description="first", CodeSha256=latest["CodeSha256"])
    assert first["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (first["Version"], first["FunctionArn"], first["Description"]) == ("1", f"{ARN}:1", "first")
    assert first["State"] == "Pending"
    lambda_.get_waiter("published_version_active").wait(FunctionName="bill", Qualifier="1")
    again = lambda_.publish_version(FunctionName="bill", Description="nothing has changed")
    assert (again["Version"], again["Description"], again["State"]) == ("1", "first", "Active")

    cloud.clock.advance(5)
    second = lambda_.update_function_code(FunctionName="bill", ZipFile=archive("x = 2"), Publish=True)
    assert (second["Version"], second["FunctionArn"]) == ("2", f"{ARN}:2")
    same = lambda_.update_function_code(FunctionName="bill", ZipFile=archive("x = 2"), Publish=True)
    assert (same["Version"], same["CodeSha256"]) == ("3", second["CodeSha256"])
    assert lambda_.publish_version(FunctionName="bill")["Version"] == "3"
    lambda_.update_function_code(FunctionName="bill", ZipFile=archive("x = 2"))
    assert lambda_.publish_version(FunctionName="bill")["Version"] == "4"
    for number in ("3", "4"):
        lambda_.delete_function(FunctionName="bill", Qualifier=number)
    lambda_.update_function_configuration(FunctionName="bill", Timeout=9)
    versions = lambda_.list_versions_by_function(FunctionName="bill")["Versions"]
    assert [(one["Version"], one["Timeout"]) for one in versions] == [("$LATEST", 9), ("1", 3), ("2", 3)]
    assert [one["FunctionArn"] for one in versions] == [f"{ARN}:{one['Version']}" for one in versions]
    assert versions[1]["CodeSha256"] == latest["CodeSha256"] != versions[2]["CodeSha256"]
    assert lambda_.get_function(FunctionName=f"{ARN}:1")["Configuration"]["LastModified"] == latest["LastModified"]


def test_create_function_can_publish_at_once(lambda_, make_function):
    made = make_function(Publish=True)
    assert (made["Version"], made["FunctionArn"]) == ("1", ARN)
    assert lambda_.publish_version(FunctionName="bill")["Version"] == "1"


def test_versions_that_cannot_be(lambda_, function, refused):
    sha = lambda_.get_function_configuration(FunctionName="bill")["CodeSha256"]
    refused(
        lambda_.publish_version,
        "InvalidParameterValueException",
        f"CodeSHA256 (x) is different from current CodeSHA256 in $LATEST ({sha}). Please try again with the CodeSHA256 "
        "in $LATEST.",
        FunctionName="bill",
        CodeSha256="x",
    )
    refused(
        lambda_.publish_version,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve "
        "the latest Revision Id",
        FunctionName="bill",
        RevisionId="x",
    )
    refused(lambda_.publish_version, "ResourceNotFoundException", f"Function not found: {ARN}s", FunctionName="bills")


def test_pages_of_versions(two):
    page = two.list_versions_by_function(FunctionName="bill", MaxItems=2)
    assert [one["Version"] for one in page["Versions"]] == ["$LATEST", "1"]
    rest = two.list_versions_by_function(FunctionName="bill", Marker=page["NextMarker"])
    assert [one["Version"] for one in rest["Versions"]] == ["2"]
    every = two.list_versions_by_function(FunctionName="bill", MaxItems=3)
    assert (len(every["Versions"]), "NextMarker" in every) == (3, False)


def test_a_marker_is_of_its_list(two, refused):
    for name in ("a", "b"):
        two.create_alias(FunctionName="bill", Name=name, FunctionVersion="1")
    marker = two.list_aliases(FunctionName="bill", FunctionVersion="1", MaxItems=1)["NextMarker"]
    (second,) = two.list_aliases(FunctionName="bill", FunctionVersion="1", Marker=marker)["Aliases"]
    assert second["Name"] == "b"
    wrong, text = "InvalidParameterValueException", "The marker is not valid."
    for method, more in (
        (two.list_aliases, {}),
        (two.list_aliases, {"FunctionVersion": "2"}),
        (two.list_versions_by_function, {}),
        (two.list_function_event_invoke_configs, {}),
    ):
        refused(method, wrong, text, FunctionName="bill", Marker=marker, **more)
    refused(two.list_functions, wrong, text, Marker=marker)


def test_an_alias_keeps_what_is_not_said(two):
    two.create_alias(FunctionName="bill", Name="live", FunctionVersion="1", Description="d")
    for given, shown in (
        ({"FunctionVersion": "2"}, ("2", "d")),
        ({"Description": "other"}, ("2", "other")),
        ({"Description": ""}, ("2", "")),
    ):
        changed = two.update_alias(FunctionName="bill", Name="live", **given)
        assert (changed["FunctionVersion"], changed["Description"]) == shown


def test_deleting_versions(two, refused):
    two.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    wrong = "InvalidParameterValueException"
    text = "$LATEST version cannot be deleted without deleting the function."
    refused(two.delete_function, wrong, text, FunctionName="bill", Qualifier="$LATEST")
    text = "Deletion of aliases is not currently supported."
    refused(two.delete_function, wrong, text, FunctionName="bill:live")
    aliases = r": Version 1 of the function is referenced by aliases: \['live'\]$"
    with pytest.raises(two.exceptions.ResourceConflictException, match=aliases):
        two.delete_function(FunctionName="bill", Qualifier="1")
    two.delete_function(FunctionName="bill", Qualifier="2")
    two.delete_function(FunctionName="bill:2")
    refused(two.get_function, "ResourceNotFoundException", f"Function not found: {ARN}:2", FunctionName="bill:2")
    two.update_function_configuration(FunctionName="bill", Timeout=11)
    assert two.publish_version(FunctionName="bill")["Version"] == "3"  # a number is never given again


def test_life_of_an_alias(two):
    made = two.create_alias(FunctionName="bill", Name="live", FunctionVersion="1", Description="what runs")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    first = {name: value for name, value in made.items() if name != "ResponseMetadata"}
    assert first == {
        "AliasArn": f"{ARN}:live",
        "Name": "live",
        "FunctionVersion": "1",
        "Description": "what runs",
        "RevisionId": made["RevisionId"],
    }
    assert two.get_function(FunctionName="bill", Qualifier="live")["Configuration"]["FunctionArn"] == f"{ARN}:live"
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    changed = two.update_alias(FunctionName="bill", Name="live", RoutingConfig=weights, RevisionId=made["RevisionId"])
    assert (changed["RoutingConfig"], changed["FunctionVersion"]) == (weights, "1")
    assert changed["RevisionId"] != made["RevisionId"]
    found = two.get_alias(FunctionName="bill", Name="live")
    assert found["RoutingConfig"] == weights
    two.create_alias(FunctionName="bill", Name="dark", FunctionVersion="$LATEST")
    names = [one["Name"] for one in two.list_aliases(FunctionName="bill")["Aliases"]]
    assert names == ["dark", "live"]
    page = two.list_aliases(FunctionName="bill", MaxItems=1)
    assert [one["Name"] for one in two.list_aliases(FunctionName="bill", Marker=page["NextMarker"])["Aliases"]] == [
        "live"
    ]
    of_one = two.list_aliases(FunctionName="bill", FunctionVersion="1")["Aliases"]
    assert [one["Name"] for one in of_one] == ["live"]
    plain = two.update_alias(FunctionName="bill", Name="live", FunctionVersion="2", RoutingConfig={})
    assert "RoutingConfig" not in plain
    assert two.get_function(FunctionName="bill:live")["Configuration"]["Timeout"] == 9
    assert two.delete_alias(FunctionName="bill", Name="live")["ResponseMetadata"]["HTTPStatusCode"] == 204
    two.delete_alias(FunctionName="bill", Name="live")
    assert [one["Name"] for one in two.list_aliases(FunctionName="bill")["Aliases"]] == ["dark"]


def test_aliases_that_cannot_be(two, refused):
    alias = {"FunctionName": "bill", "Name": "live", "FunctionVersion": "1"}
    wrong, missing = "InvalidParameterValueException", "ResourceNotFoundException"

    def weights(**shares):
        return {"RoutingConfig": {"AdditionalVersionWeights": {number[1:]: share for number, share in shares.items()}}}

    two.create_alias(**alias)
    refused(two.create_alias, "ResourceConflictException", f"Alias already exists: {ARN}:live", **alias)
    new = {**alias, "Name": "new"}
    refused(
        two.create_alias,
        "ValidationException",
        "1 validation error detected: Value '1' at 'name' failed to satisfy constraint: Member must satisfy regular "
        "expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        **{**alias, "Name": "1"},
    )
    refused(two.create_alias, missing, f"Function not found: {ARN}:9", **{**new, "FunctionVersion": "9"})
    refused(two.create_alias, missing, f"Function not found: {ARN}:9", **new, **weights(v9=0.1))
    text = "Number of items in AdditionalVersionWeights cannot be greater than 1"
    refused(two.create_alias, wrong, text, **new, **weights(v2=0.1, v3=0.1))
    text = "Invalid function version 1. Function version 1 is already included in routing configuration."
    refused(two.create_alias, wrong, text, **new, **weights(v1=0.1))
    text = "$LATEST is not supported for an alias pointing to more than 1 version"
    refused(two.create_alias, wrong, text, **{**new, "FunctionVersion": "$LATEST"}, **weights(v1=0.1))
    text = (
        "1 validation error detected: Value '{{{}}}' at 'routingConfig.additionalVersionWeights' failed to satisfy "
        "constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must "
        "have value greater than or equal to 0.0, Member must not be null]"
    )
    for given, shown in (({"v2": 1.5}, "2=1.5"), ({"v2": 2, "v3": 0.5}, "2=2.0, 3=0.5")):
        refused(two.create_alias, "ValidationException", text.format(shown), **new, **weights(**given))
    for share in (0.0, 1.0):
        changed = two.update_alias(FunctionName="bill", Name="live", **weights(v2=share))
        assert changed["RoutingConfig"] == {"AdditionalVersionWeights": {"2": share}}
    gone = f"Cannot find alias arn: {ARN}:gone"
    refused(two.get_alias, missing, gone, FunctionName="bill", Name="gone")
    refused(two.update_alias, missing, f"Alias not found: {ARN}:gone", FunctionName="bill", Name="gone")
    refused(
        two.update_alias,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve "
        "the latest Revision Id",
        FunctionName="bill",
        Name="live",
        RevisionId="x",
    )


def test_an_alias_divides_runs_by_its_weights():
    def drawn(seed):
        cloud = minicloud.Cloud(clock="virtual", seed=seed)
        client = cloud.client("lambda")
        cloud.function("bill", lambda *_: None)
        client.publish_version(FunctionName="bill")
        client.update_function_configuration(FunctionName="bill", Timeout=9)
        client.publish_version(FunctionName="bill")
        weights = {"AdditionalVersionWeights": {"2": 0.25}}
        client.create_alias(FunctionName="bill", Name="live", FunctionVersion="1", RoutingConfig=weights)
        return [client.invoke(FunctionName="bill:live")["ExecutedVersion"] for _ in range(400)]

    versions = drawn(1)
    assert 70 < versions.count("2") < 130
    assert versions.count("1") + versions.count("2") == 400
    assert drawn(1) == versions != drawn(2)


def test_numbers_of_versions_of_what_is_registered_again(cloud):
    """The same callable is the same code, and another one is other code; also in a cloud that was restored."""
    client = cloud.client("lambda")

    def publish():
        return client.publish_version(FunctionName="f")["Version"]

    def one(event, context):
        """The first."""

    def other(event, context):
        """The second."""

    numbers = []
    for handler in (one, one, other, other, one):
        cloud.function("f", handler)
        cloud.restore(cloud.snapshot())
        numbers.append(publish())
    assert numbers == ["1", "1", "2", "2", "3"]
