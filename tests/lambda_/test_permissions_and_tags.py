"""Policies, which are stored as AWS writes them, and tags."""

from __future__ import annotations

import json

import pytest

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"
STATEMENT = {"StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}


def test_life_of_a_policy(lambda_, function):
    added = lambda_.add_permission(
        FunctionName="bill", **STATEMENT, SourceArn="arn:aws:s3:::photos", SourceAccount="123456789012"
    )
    assert added["ResponseMetadata"]["HTTPStatusCode"] == 201
    statement = {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::photos"},
        },
    }
    assert json.loads(added["Statement"]) == statement
    first = lambda_.get_policy(FunctionName="bill")
    assert json.loads(first["Policy"]) == {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    principals = {"all": "*", "account": "111122223333", "user": "arn:aws:iam::111122223333:user/u"}
    for name, principal in principals.items():
        lambda_.add_permission(FunctionName="bill", **{**STATEMENT, "StatementId": name, "Principal": principal})
    second = lambda_.get_policy(FunctionName="bill")
    assert second["RevisionId"] != first["RevisionId"]
    assert [one["Principal"] for one in json.loads(second["Policy"])["Statement"][1:]] == [
        "*",
        {"AWS": "arn:aws:iam::111122223333:root"},
        {"AWS": "arn:aws:iam::111122223333:user/u"},
    ]
    for name in ("s3", *principals):
        answer = lambda_.remove_permission(FunctionName="bill", StatementId=name)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    with pytest.raises(lambda_.exceptions.ResourceNotFoundException):
        lambda_.get_policy(FunctionName="bill")


def test_versions_and_aliases_have_policies_of_their_own(lambda_, function):
    lambda_.publish_version(FunctionName="bill")
    lambda_.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    lambda_.add_permission(FunctionName="bill", Qualifier="live", **STATEMENT, PrincipalOrgID="o-0123456789")
    (statement,) = json.loads(lambda_.get_policy(FunctionName=f"{ARN}:live")["Policy"])["Statement"]
    assert statement["Resource"] == f"{ARN}:live"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}
    with pytest.raises(lambda_.exceptions.ResourceNotFoundException):
        lambda_.get_policy(FunctionName="bill")
    lambda_.delete_alias(FunctionName="bill", Name="live")
    lambda_.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    with pytest.raises(lambda_.exceptions.ResourceNotFoundException):
        lambda_.get_policy(FunctionName="bill:live")


@pytest.mark.modelled("lambda.AddPermission.InvokedViaFunctionUrl")
def test_permissions_for_calls_through_a_url(lambda_, function):
    for given, shown in ((True, "true"), (False, "false")):
        sid = {**STATEMENT, "StatementId": shown}
        added = lambda_.add_permission(FunctionName="bill", **sid, InvokedViaFunctionUrl=given)
        condition = json.loads(added["Statement"])["Condition"]
        assert condition == {"Bool": {"lambda:InvokedViaFunctionUrl": shown}}


def test_permissions_that_cannot_be(lambda_, function, refused):
    add, remove, wrong = lambda_.add_permission, lambda_.remove_permission, "InvalidParameterValueException"
    missing, bill = "ResourceNotFoundException", {"FunctionName": "bill"}
    refused(lambda_.get_policy, missing, "The resource you requested does not exist.", **bill)
    refused(remove, missing, "No policy is associated with the given resource.", **bill, StatementId="s3")
    refused(add, missing, f"Function not found: {ARN}:7", FunctionName="bill:7", **STATEMENT)
    for call, more in ((add, STATEMENT), (remove, {"StatementId": "s3"}), (lambda_.get_policy, {})):
        refused(call, missing, f"Cannot find alias arn: {ARN}:gone", **bill, Qualifier="gone", **more)
    refused(remove, missing, f"No policy found for: {ARN}s", FunctionName="bills", StatementId="s3")
    refused(add, missing, f"Function not found: {ARN}s", FunctionName="bills", **STATEMENT)
    text = "We currently do not support adding policies for $LATEST."
    refused(add, wrong, text, FunctionName="bill:$LATEST", **STATEMENT)
    text = "The provided principal was invalid. Please check the principal and try again."
    refused(add, wrong, text, **bill, **{**STATEMENT, "Principal": "somebody"})
    refused(
        add,
        "ValidationException",
        "1 validation error detected: Value 'invoke' at 'action' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])",
        **bill,
        **{**STATEMENT, "Action": "invoke"},
    )
    add(**bill, **STATEMENT)
    text = (
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing "
        "statement."
    )
    refused(add, "ResourceConflictException", text, **bill, **STATEMENT)
    refused(remove, missing, "Statement s4 is not found in resource policy.", **bill, StatementId="s4")
    stale = (
        "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest "
        "Revision Id"
    )
    refused(remove, "PreconditionFailedException", stale, **bill, StatementId="s3", RevisionId="x")
    big = {**STATEMENT, "SourceArn": "arn:aws:s3:::" + "x" * 9900}
    add(**bill, **{**big, "StatementId": "big"})
    text = r": The final policy size \(2\d{4}\) is bigger than the limit \(20480\)\.$"
    with pytest.raises(lambda_.exceptions.PolicyLengthExceededException, match=text):
        add(**bill, **{**big, "StatementId": "bigger"})


def test_a_policy_may_have_to_be_the_one_that_was_seen(lambda_, function, refused):
    add, bill = lambda_.add_permission, {"FunctionName": "bill"}
    text = (
        "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest "
        "Revision Id"
    )
    refused(add, "PreconditionFailedException", text, **bill, **STATEMENT, RevisionId="x")  # there is none yet
    add(**bill, **STATEMENT)
    seen = lambda_.get_policy(**bill)["RevisionId"]
    another = {**STATEMENT, "StatementId": "another", "SourceArn": "arn:aws:s3:::größe"}
    refused(add, "PreconditionFailedException", text, **bill, **another, RevisionId="x")
    assert '"arn:aws:s3:::größe"' in add(**bill, **another, RevisionId=seen)["Statement"]
    assert '"arn:aws:s3:::größe"' in lambda_.get_policy(**bill)["Policy"]
    refused(add, "PreconditionFailedException", text, **bill, **{**another, "StatementId": "x"}, RevisionId=seen)


def test_tags(lambda_, make_function, refused):
    make_function(Tags={"team": "a"})
    assert lambda_.list_tags(Resource=ARN)["Tags"] == {"team": "a"}
    answer = lambda_.tag_resource(Resource=ARN, Tags={"team": "b", "größe": "1 m²"})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert lambda_.list_tags(Resource=ARN)["Tags"] == {"team": "b", "größe": "1 m²"}
    lambda_.untag_resource(Resource=ARN, TagKeys=["team", "none"])
    assert lambda_.get_function(FunctionName="bill")["Tags"] == {"größe": "1 m²"}
    wrong = "InvalidParameterValueException"
    many = {f"key{number}": "" for number in range(50)}
    refused(lambda_.tag_resource, wrong, "Number of tags exceeds resource tag limit.", Resource=ARN, Tags=many)
    text = "Tags on function aliases and versions are not supported. Please specify a function ARN."
    refused(lambda_.list_tags, wrong, text, Resource=f"{ARN}:$LATEST")
    refused(lambda_.list_tags, "ResourceNotFoundException", f"Function not found: {ARN}s", Resource=f"{ARN}s")
    mapping = "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:00000000-0000-4000-8000-000000000000"
    text = f"Event source mapping not found: {mapping}"
    refused(lambda_.tag_resource, "ResourceNotFoundException", text, Resource=mapping, Tags={"a": "b"})
    with pytest.raises(lambda_.exceptions.ClientError, match="ValidationException"):
        lambda_.list_tags(Resource="bill")
