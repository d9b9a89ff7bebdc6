"""Functions: made, shown, listed, changed, deleted; and what each of these is refused with."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from datetime import timedelta

import pytest

import minicloud
from tests.support.answers import refusal

from .archives import ROLE, archive

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"
RESERVED = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
]
NAME_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)


@pytest.fixture
def new(lambda_):
    """CreateFunction with all that is required but the name."""

    def params(name="bill", **more):
        code = {"ZipFile": archive("x = 1")}
        given = {"Role": ROLE, "Runtime": "python3.12", "Handler": "app.handler", "Code": code, **more}
        return {"FunctionName": name, **given}

    return params


def without_metadata(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_function_is_pending_in_the_answer_and_active_at_the_next_look(lambda_, new, cloud):
    content = archive("x = 1")
    made = lambda_.create_function(
        **new(
            Description="bills",
            Timeout=30,
            MemorySize=256,
            Environment={"Variables": {"STAGE": "test"}},
            Tags={"team": "a b"},
            DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
            VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            LoggingConfig={"LogFormat": "JSON", "LogGroup": "bills"},
            EphemeralStorage={"Size": 1024},
            TracingConfig={"Mode": "Active"},
            Layers=["arn:aws:lambda:us-east-1:123456789012:layer:base:3"],
        )
    )
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert made["StateReason"] == "The function is being created."
    assert "LastUpdateStatus" not in made
    assert made["CodeSha256"] == base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert made["CodeSize"] == len(content)
    assert made["LastModified"] == "2026-01-01T00:00:00.000+0000"
    assert (made["FunctionArn"], made["Version"], made["Role"]) == (ARN, "$LATEST", ROLE)
    assert (made["Timeout"], made["MemorySize"], made["Description"]) == (30, 256, "bills")
    assert (made["Runtime"], made["Handler"], made["PackageType"]) == ("python3.12", "app.handler", "Zip")
    assert made["Environment"] == {"Variables": {"STAGE": "test"}}
    assert made["DeadLetterConfig"] == {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}
    network = made["VpcConfig"]
    assert re.fullmatch("vpc-[0-9a-f]{17}", network["VpcId"])
    assert network == {
        "SubnetIds": ["subnet-1"],
        "SecurityGroupIds": ["sg-1"],
        "VpcId": network["VpcId"],
        "Ipv6AllowedForDualStack": False,
    }
    assert made["LoggingConfig"] == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
        "LogGroup": "bills",
    }
    assert made["EphemeralStorage"] == {"Size": 1024}
    assert made["TracingConfig"] == {"Mode": "Active"}
    assert [layer["Arn"] for layer in made["Layers"]] == ["arn:aws:lambda:us-east-1:123456789012:layer:base:3"]

    found = lambda_.get_function(FunctionName="bill")
    state = {"State": "Active", "LastUpdateStatus": "Successful"}
    pending = ("State", "StateReason", "StateReasonCode")
    kept = {name: value for name, value in without_metadata(made).items() if name not in pending}
    assert found["Configuration"] == {**kept, **state}
    assert found["Tags"] == {"team": "a b"}
    assert found["Code"] == {
        "RepositoryType": "S3",
        "Location": "https://awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com/snapshots/123456789012/bill-"
        + made["RevisionId"],
    }
    assert "Concurrency" not in found
    alone = lambda_.get_function_configuration(FunctionName=f"{ARN}:$LATEST")
    assert without_metadata(alone) == {**kept, **state, "FunctionArn": f"{ARN}:$LATEST"}
    for name in ("function_active", "function_active_v2", "function_exists", "function_updated"):
        lambda_.get_waiter(name).wait(FunctionName="bill")
    assert cloud.clock.now().timestamp() % 60 == 0  # nobody had to wait


def test_defaults(lambda_, new):
    made = lambda_.create_function(**new())
    assert (made["Timeout"], made["MemorySize"], made["Description"]) == (3, 128, "")
    assert (made["PackageType"], made["Architectures"]) == ("Zip", ["x86_64"])
    assert made["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/bill"}
    assert made["EphemeralStorage"] == {"Size": 512}
    assert made["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}
    for name in ("Environment", "DeadLetterConfig", "VpcConfig", "Layers", "KMSKeyArn"):
        assert name not in made


def test_how_a_callable_of_the_test_is_shown(lambda_, cloud):
    """With CreateFunction's defaults where there are any, and without code that somebody could have uploaded."""
    cloud.function("bill", lambda *_: None)
    shown = without_metadata(lambda_.get_function_configuration(FunctionName="bill"))
    assert shown.pop("RevisionId")
    assert shown == {
        "FunctionName": "bill",
        "FunctionArn": ARN,
        "Role": "arn:aws:iam::123456789012:role/minicloud",
        "CodeSize": 0,
        "CodeSha256": base64.b64encode(hashlib.sha256().digest()).decode(),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "LastModified": "2026-01-01T00:00:00.000+0000",
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/bill"},
    }


def test_what_is_registered_again_keeps_what_is_not_said(lambda_, cloud):
    def shown():
        found = lambda_.get_function(FunctionName="bill")
        settings = found["Configuration"]
        variables = settings.get("Environment", {}).get("Variables")
        reserved = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
        return settings["Timeout"], settings["MemorySize"], variables, reserved

    cloud.function("bill", lambda *_: 1)
    assert shown() == (3, 128, None, None)
    first = lambda_.get_function_configuration(FunctionName="bill")
    cloud.clock.advance(1)
    cloud.function("bill", lambda *_: 2, timeout=7, memory=256, environment={"A": "1"}, reserved_concurrency=5)
    assert shown() == (7, 256, {"A": "1"}, 5)
    cloud.function("bill", lambda *_: 3)
    assert shown() == (7, 256, {"A": "1"}, 5)
    last = lambda_.get_function_configuration(FunctionName="bill")
    assert (first["LastModified"], last["LastModified"]) == (
        "2026-01-01T00:00:00.000+0000",
        "2026-01-01T00:00:01.000+0000",
    )
    assert first["RevisionId"] != last["RevisionId"]
    for number, settings in enumerate(({"timeout": 9}, {"memory": 512}, {"environment": {}})):
        cloud.function("bill", lambda *_: 3, **settings)
        expected = [(9, 256, {"A": "1"}, 5), (9, 512, {"A": "1"}, 5), (9, 512, {}, 5)]
        assert shown() == expected[number]


def test_an_image_is_stored(lambda_, new, refused):
    params = {**new("image", PackageType="Image", Code={"ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/bill:v1"})}
    text = "Runtime and Handler can not be specified for container images."
    refused(lambda_.create_function, "InvalidParameterValueException", text, **params)
    for alone in ("Runtime", "Handler"):
        left = {name: value for name, value in params.items() if name != alone}
        refused(lambda_.create_function, "InvalidParameterValueException", text, **left)
    del params["Runtime"], params["Handler"]
    made = lambda_.create_function(**params, ImageConfig={"Command": ["app.handler"]})
    assert (made["PackageType"], made["CodeSize"]) == ("Image", 0)
    assert made["ImageConfigResponse"] == {"ImageConfig": {"Command": ["app.handler"]}}
    assert "Runtime" not in made
    code = lambda_.get_function(FunctionName="image")["Code"]
    assert code == {
        "RepositoryType": "ECR",
        "ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/bill:v1",
        "ResolvedImageUri": f"1.dkr.ecr.us-east-1.amazonaws.com/bill@sha256:{made['CodeSha256']}",
    }
    text = "Please provide ImageUri when updating a function with packageType Image."
    refused(
        lambda_.update_function_code, "InvalidParameterValueException", text, FunctionName="image", ZipFile=archive()
    )
    moved = lambda_.update_function_code(FunctionName="image", ImageUri="1.dkr.ecr.us-east-1.amazonaws.com/bill:v2")
    assert moved["CodeSha256"] != made["CodeSha256"]
    for uri, resolved in (
        ("1.dkr.ecr.us-east-1.amazonaws.com/bill", "1.dkr.ecr.us-east-1.amazonaws.com/bill@sha256:{}"),
        ("1.dkr.ecr.us-east-1.amazonaws.com/bill@sha256:" + "0" * 64, None),  # it is that
    ):
        sha = lambda_.update_function_code(FunctionName="image", ImageUri=uri)["CodeSha256"]
        code = lambda_.get_function(FunctionName="image")["Code"]
        assert code["ResolvedImageUri"] == (resolved or uri).format(sha)


def _pair(make):
    return make(1), make(2)


STORED = {
    "KMSKeyArn": _pair("arn:aws:kms:us-east-1:123456789012:key/{}".format),
    "TracingConfig": ({"Mode": "Active"}, {"Mode": "PassThrough"}),
    "FileSystemConfigs": _pair(
        lambda number: [
            {
                "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
                "LocalMountPath": f"/mnt/{number}",
            }
        ]
    ),
    "EphemeralStorage": _pair(lambda number: {"Size": 1024 * number}),
    "DeadLetterConfig": (
        {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        {"TargetArn": "arn:aws:sns:us-east-1:123456789012:dead"},
    ),
    "SnapStart": ({"ApplyOn": "PublishedVersions"}, {"ApplyOn": "None"}),
    "LoggingConfig": (
        {"LogFormat": "JSON", "ApplicationLogLevel": "WARN", "SystemLogLevel": "DEBUG", "LogGroup": "a"},
        {"LogFormat": "Text", "LogGroup": "b"},
    ),
    "Layers": _pair(lambda number: [f"arn:aws:lambda:us-east-1:123456789012:layer:base:{number}"]),
    "VpcConfig": _pair(lambda number: {"SubnetIds": [f"subnet-{number}"], "SecurityGroupIds": ["sg-1"]}),
}
"""Settings without an effect: what a function is made with, and what they are changed to."""


def test_each_setting_stays_until_it_is_changed(lambda_, new):
    def shown():
        found = lambda_.get_function_configuration(FunctionName="bill")
        return {name: found[name] for name in STORED}

    lambda_.create_function(**new(**{name: first for name, (first, _) in STORED.items()}))
    expected = shown()
    for name, (first, second) in STORED.items():
        assert _is_shown(expected[name], first), name
        lambda_.update_function_configuration(FunctionName="bill", **{name: second})
        changed = shown()
        assert _is_shown(changed[name], second), name
        assert {**changed, name: None} == {**expected, name: None}, name
        expected = changed
    lambda_.update_function_code(FunctionName="bill", ZipFile=archive("x = 2"), Architectures=["arm64"])
    assert shown() == expected


def _is_shown(found, given):
    if isinstance(given, dict):
        return given.items() <= found.items()
    return found == (
        [{"Arn": one} if isinstance(one, str) else one for one in given] if isinstance(given, list) else given
    )


def test_a_network_without_subnets_has_no_id(lambda_, new):
    """[Lambda API: VpcConfigResponse] What takes a function out of its network shows empty lists."""
    made = lambda_.create_function(**new(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}))
    empty = {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": False}
    assert made["VpcConfig"] == empty


@pytest.mark.parametrize(
    "name", ["bill", "bill:$LATEST", "123456789012:function:bill", "function:bill", ARN, "us-east-1:123456789012:bill"]
)
def test_names_of_a_function(lambda_, function, name):
    assert lambda_.get_function(FunctionName=name)["Configuration"]["FunctionName"] == "bill"


def test_functions_of_a_master_region(lambda_, function):
    """They are of Lambda@Edge, whose copies there are none of here."""
    for region, names in (("ALL", ["bill"]), ("us-east-1", ["bill"]), ("eu-west-1", [])):
        found = lambda_.list_functions(MasterRegion=region, FunctionVersion="ALL")["Functions"]
        assert [one["FunctionName"] for one in found] == names


def test_how_large_code_may_be_unzipped(lambda_, new, refused):
    """250 MB. [Lambda quotas] What an archive says of its sizes is believed."""

    def claiming(size):
        content = bytearray(archive("x = 1"))
        at = content.index(b"PK\x01\x02") + 24  # where the directory has the size of the first file
        content[at : at + 4] = size.to_bytes(4, "little")
        return {"ZipFile": bytes(content)}

    text = "Unzipped size must be smaller than 262144000 bytes"
    refused(lambda_.create_function, "InvalidParameterValueException", text, **new(Code=claiming(262_144_001)))
    lambda_.create_function(**new(Code=claiming(262_144_000)))


def test_names_of_no_function(lambda_, function, refused):
    without_partition = ARN.replace("arn:aws", "arn:")  # which the model's pattern lets pass
    for given, shown in (
        ({"FunctionName": "bil"}, "bil"),
        ({"FunctionName": "bil:live"}, "bil:live"),
        ({"FunctionName": "bil", "Qualifier": "7"}, "bil:7"),
        ({"FunctionName": "bill", "Qualifier": "7"}, "bill:7"),
        ({"FunctionName": without_partition}, without_partition),
    ):
        text = f"Function not found: {ARN.removesuffix('bill')}{shown}"
        for call in (lambda_.get_function, lambda_.invoke):
            refused(call, "ResourceNotFoundException", text, **given)
    text = "The derived qualifier from the function name does not match the specified qualifier."
    refused(lambda_.get_function, "InvalidParameterValueException", text, FunctionName="bill:1", Qualifier="2")
    refused(
        lambda_.get_function,
        "ResourceNotFoundException",
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
        FunctionName="arn:aws:lambda:eu-west-1:123456789012:function:bill",
    )
    other = "arn:aws:lambda:us-east-1:111122223333:function:bill"
    refused(
        lambda_.get_function,
        "AccessDeniedException",
        f"User: arn:aws:iam::123456789012:user/minicloud is not authorized to perform: lambda:GetFunction on resource: "
        f"{other} because no resource-based policy allows the lambda:GetFunction action",
        FunctionName=other,
    )
    for name in ("a b", "x" * 257):
        with pytest.raises(lambda_.exceptions.ClientError) as caught:
            lambda_.get_function(FunctionName=name)
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        assert f"Value '{name}' at 'functionName' failed to satisfy constraint: " in str(caught.value)


def test_a_function_that_cannot_be_made(lambda_, new, refused):
    create, wrong = lambda_.create_function, "InvalidParameterValueException"
    lambda_.create_function(**new())
    refused(create, "ResourceConflictException", "Function already exist: bill", **new())
    fifo = "arn:aws:sqs:us-east-1:123456789012:q.fifo"
    text = f"The dead-letter target {fifo} is neither a standard queue nor a standard topic."
    refused(create, wrong, text, **new("other", DeadLetterConfig={"TargetArn": fifo}))
    refused(
        create,
        "ValidationException",
        "3 validation errors detected: Value 'a b' at 'functionName' failed to satisfy constraint: Member must satisfy "
        f"regular expression pattern: {NAME_PATTERN}; Value 'r' at 'role' failed to satisfy constraint: Member must "
        r"satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+; Value "
        "'1801' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 1800",
        **new("a b", Role="r", Timeout=1801),
    )
    refused(
        create,
        "ValidationException",
        f"1 validation error detected: Value '{'x' * 65}' at 'functionName' failed to satisfy constraint: Member must "
        "have length less than or equal to 64",
        **new("x" * 65),
    )
    refused(
        create,
        "ValidationException",
        "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must "
        "satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
        **new("other", Environment={"Variables": {"1": "secret"}}),
    )
    text = (
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
    )
    refused(
        create,
        wrong,
        text + "contains reserved keys that are currently not supported for modification. Reserved keys used in this "
        "request: AWS_REGION",
        **new("other", Environment={"Variables": {"AWS_REGION": "x", "OK": "x"}}),
    )
    for name in RESERVED:
        refused(
            create,
            wrong,
            text + "contains reserved keys that are currently not supported for modification. Reserved keys used in "
            f"this request: {name}",
            **new("other", Environment={"Variables": {name: "x"}}),
        )
    refused(
        create,
        wrong,
        text + 'exceeded the 4KB limit. String measured: {"BIG":"' + "x" * 4090 + '"}',
        **new("other", Environment={"Variables": {"BIG": "x" * 4090}}),
    )
    missing = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
    for name in ("Runtime", "Handler"):
        params = new("other")
        del params[name]
        refused(create, wrong, missing, **params)
    with pytest.raises(lambda_.exceptions.InvalidParameterValueException) as caught:
        create(**new("other", Runtime="python9"))
    assert "Value python9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [" in str(
        caught.value
    )
    assert "python3.12, " in str(caught.value)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for content, text in (
        (b"", "Uploaded file must be a non-empty zip"),
        (empty.getvalue(), "Uploaded file must be a non-empty zip"),
        (b"x", "Could not unzip uploaded file. Please check your file, then try to upload again."),
    ):
        refused(create, wrong, text, **new("other", Code={"ZipFile": content}))
    assert [one["FunctionName"] for one in lambda_.list_functions()["Functions"]] == ["bill"]


def test_what_is_not_emulated_is_refused_with_what_to_do(lambda_, new):
    signing = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdefg"
    for name, value, what in (("CodeSigningConfigArn", signing, "code signing"),):
        with pytest.raises(minicloud.UsageError) as caught:
            lambda_.create_function(**new(**{name: value}))
        assert str(caught.value) == (
            f"minicloud does not emulate {what}, and does not leave out the parameter {name}: take it out of the call, "
            "where the test can do without"
        )


_PROVIDER = {"CapacityProviderArn": "arn:aws:lambda:us-east-1:123456789012:capacity-provider:c"}
_OWN_RUNTIME = {"RuntimeArn": "arn:aws:lambda:us-east-1::runtime:" + "0" * 64, "RuntimeAlias": "live"}
NOT_EMULATED = {
    "CapacityProviderConfig": ("capacity providers", {"LambdaManagedInstancesCapacityProviderConfig": _PROVIDER}),
    "DurableConfig": ("durable executions", {"ExecutionTimeout": 60}),
    "RuntimeConfig": ("runtimes of one's own", _OWN_RUNTIME),
    "AcceleratorConfig": ("accelerators", {"AcceleratorMemorySize": 1024}),
    "PublishTo": ("capacity providers", "LATEST_PUBLISHED"),
    "TenancyConfig": ("the isolation of tenants", {"TenantIsolationMode": "PER_TENANT"}),
}


def test_settings_that_would_change_what_a_function_does(cloud):
    """Whichever operation has them: it has changed nothing."""
    client = cloud.client("lambda")
    given = {"Role": ROLE, "Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive("x = 1")}}
    client.create_function(FunctionName="bill", **given)
    before = without_metadata(client.get_function_configuration(FunctionName="bill"))
    settings = ("CapacityProviderConfig", "DurableConfig", "RuntimeConfig", "AcceleratorConfig")
    for call, usual, names in (
        (client.create_function, {"FunctionName": "other", **given}, NOT_EMULATED),
        (client.update_function_configuration, {"FunctionName": "bill"}, settings),
        (client.update_function_code, {"FunctionName": "bill", "ZipFile": archive("x = 2")}, ("PublishTo",)),
        (client.publish_version, {"FunctionName": "bill"}, ("PublishTo",)),
    ):
        for name in names:
            what, value = NOT_EMULATED[name]
            with pytest.raises(minicloud.UsageError) as caught:
                call(**usual, **{name: value})
            said = f"minicloud does not emulate {what}, and does not leave out the parameter {name}: take it out of the"
            assert str(caught.value).startswith(said), (call, name)
    assert [one["FunctionName"] for one in client.list_functions(FunctionVersion="ALL")["Functions"]] == ["bill"]
    assert without_metadata(client.get_function_configuration(FunctionName="bill")) == before


def test_changes(lambda_, function, refused, cloud):
    before = lambda_.get_function_configuration(FunctionName="bill")
    cloud.clock.advance(1.25)
    update = lambda_.update_function_configuration
    changed = update(FunctionName="bill", Timeout=9, Environment={"Variables": {"KEY": "value"}})
    assert (changed["Timeout"], changed["MemorySize"]) == (9, 128)
    assert (changed["State"], changed["LastUpdateStatus"]) == ("Active", "InProgress")
    assert changed["LastUpdateStatusReasonCode"] == "Creating"
    assert changed["LastModified"] == "2026-01-01T00:00:01.250+0000"
    assert changed["RevisionId"] != before["RevisionId"]
    assert lambda_.get_function_configuration(FunctionName="bill")["LastUpdateStatus"] == "Successful"
    lambda_.get_waiter("function_updated_v2").wait(FunctionName="bill")
    assert update(FunctionName="bill", Environment={})["Environment"] == {"Variables": {}}

    stale = (
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve "
        "the latest Revision Id"
    )
    refused(update, "PreconditionFailedException", stale, FunctionName="bill", RevisionId=before["RevisionId"])
    code = lambda_.update_function_code
    refused(
        code,
        "PreconditionFailedException",
        stale,
        FunctionName="bill",
        ZipFile=archive("x = 2"),
        RevisionId=before["RevisionId"],
    )
    refused(code, "InvalidParameterValueException", "Please provide a source for function code.", FunctionName="bill")
    text = "Please don't provide ImageUri when updating a function with packageType Zip."
    refused(code, "InvalidParameterValueException", text, FunctionName="bill", ImageUri="x")
    lambda_.publish_version(FunctionName="bill")
    text = (
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN."
    )
    refused(update, "InvalidParameterValueException", text, FunctionName="bill:1", Timeout=4)
    refused(code, "InvalidParameterValueException", text, FunctionName="bill:1", ZipFile=archive("x = 2"))
    refused(lambda_.publish_version, "InvalidParameterValueException", text, FunctionName="bill:1")
    dry = code(FunctionName="bill", ZipFile=archive("x = 2"), DryRun=True)
    assert dry["CodeSha256"] != before["CodeSha256"]
    assert lambda_.get_function(FunctionName="bill")["Configuration"]["CodeSha256"] == before["CodeSha256"]
    done = code(FunctionName="bill", ZipFile=archive("x = 2"), Architectures=["arm64"])
    assert (done["CodeSha256"], done["Architectures"]) == (dry["CodeSha256"], ["arm64"])


def test_lists(lambda_, make_function, refused):
    for name in ("c", "a", "b"):
        make_function(name, Publish=name == "a")
    page = lambda_.list_functions(MaxItems=2)
    assert [one["FunctionName"] for one in page["Functions"]] == ["a", "b"]
    assert "State" not in page["Functions"][0]
    rest = lambda_.list_functions(Marker=page["NextMarker"])
    assert [one["FunctionName"] for one in rest["Functions"]] == ["c"]
    assert "NextMarker" not in rest
    every = lambda_.list_functions(FunctionVersion="ALL")["Functions"]
    arns = [one["FunctionArn"].rpartition("function:")[2] for one in every]
    assert arns == ["a:$LATEST", "a:1", "b:$LATEST", "c:$LATEST"]
    refused(lambda_.list_functions, "InvalidParameterValueException", "The marker is not valid.", Marker="x")
    all_of_them = lambda_.list_functions(MaxItems=3)
    assert (len(all_of_them["Functions"]), "NextMarker" in all_of_them) == (3, False)


def test_a_page_has_fifty_functions_at_the_most(lambda_, cloud):
    for number in range(51):
        cloud.function(f"f{number:02}", lambda *_: None)
    for asked in ({}, {"MaxItems": 50}, {"MaxItems": 51}):
        page = lambda_.list_functions(**asked)
        assert len(page["Functions"]) == 50
        (last,) = lambda_.list_functions(**asked, Marker=page["NextMarker"])["Functions"]
        assert last["FunctionName"] == "f50"


def test_every_name_that_is_lambda_s_own_is_refused_as_a_variable(make_function, refused):
    """[Lambda developer guide: environment variables] Those that begin with a line are refused for that."""
    own = (
        "AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_EXECUTION_ENV "
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_VERSION "
        "AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_LAMBDA_RUNTIME_API "
        "AWS_REGION AWS_SECRET_ACCESS_KEY AWS_SECRET_KEY AWS_SESSION_TOKEN LAMBDA_RUNTIME_DIR LAMBDA_TASK_ROOT"
    )
    refused(
        make_function,
        "InvalidParameterValueException",
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        "contains reserved keys that are currently not supported for modification. Reserved keys used in this request: "
        + ", ".join(sorted(own.split())),
        Environment={"Variables": {"MINE": "1", **dict.fromkeys(own.split(), "x")}},
    )


def test_deleting(lambda_, function, refused):
    answer = lambda_.delete_function(FunctionName=function)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    refused(
        lambda_.delete_function, "ResourceNotFoundException", f"Function not found: {function}", FunctionName="bill"
    )
    assert lambda_.list_functions()["Functions"] == []


def test_a_deleted_function_may_be_made_anew(lambda_, make_function):
    make_function()
    lambda_.publish_version(FunctionName="bill")
    lambda_.delete_function(FunctionName="bill")
    make_function()
    assert [one["Version"] for one in lambda_.list_versions_by_function(FunctionName="bill")["Versions"]] == ["$LATEST"]


def test_each_region_and_account_has_its_own(make_client, function):
    assert make_client("lambda", "eu-west-1").list_functions()["Functions"] == []
    assert make_client("lambda", account_id="111122223333").list_functions()["Functions"] == []


def test_a_function_of_another_account_may_be_invoked_by_its_arn(lambda_, make_client, cloud, refused):
    theirs = make_client("lambda", account_id="111122223333")
    given = {"Runtime": "python3.12", "Handler": "app.handler", "Role": ROLE}
    source = "def handler(event, context):\n    return context.invoked_function_arn\n"
    arn = theirs.create_function(FunctionName="theirs", Code={"ZipFile": archive(source)}, **given)["FunctionArn"]
    lambda_.invoke(FunctionName=arn, InvocationType="Event")
    lambda_.invoke(FunctionName="111122223333:theirs")
    version = theirs.publish_version(FunctionName="theirs")["Version"]
    lambda_.invoke(FunctionName=arn, Qualifier=version)
    lambda_.invoke(FunctionName=f"{arn}:{version}")
    assert [run.result for run in cloud.invocations] == [arn, arn, f"{arn}:1", f"{arn}:1"]
    for name, action, method in (
        (f"{arn}s", "InvokeFunction", lambda_.invoke),
        (arn, "GetFunction", lambda_.get_function),
    ):
        text = (
            f"User: arn:aws:iam::123456789012:user/minicloud is not authorized to perform: lambda:{action} on "
            f"resource: {name} because no resource-based policy allows the lambda:{action} action"
        )
        refused(method, "AccessDeniedException", text, FunctionName=name)


ACTIONS = {"InvokeFunction": "Invoke"}
"""What is allowed or denied is called as its operation, but for these. [Service authorization reference: Lambda]"""
OF_A_FUNCTION = {
    "AddPermission": {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"},
    "CreateAlias": {"Name": "live", "FunctionVersion": "1"},
    "DeleteAlias": {"Name": "live"},
    "DeleteFunction": {},
    "DeleteFunctionConcurrency": {},
    "DeleteFunctionEventInvokeConfig": {},
    "GetAlias": {"Name": "live"},
    "GetFunction": {},
    "GetFunctionConcurrency": {},
    "GetFunctionConfiguration": {},
    "GetFunctionEventInvokeConfig": {},
    "GetFunctionRecursionConfig": {},
    "GetPolicy": {},
    "InvokeFunction": {},
    "ListAliases": {},
    "ListFunctionEventInvokeConfigs": {},
    "ListVersionsByFunction": {},
    "PublishVersion": {},
    "PutFunctionConcurrency": {"ReservedConcurrentExecutions": 1},
    "PutFunctionEventInvokeConfig": {"MaximumRetryAttempts": 1},
    "PutFunctionRecursionConfig": {"RecursiveLoop": "Allow"},
    "RemovePermission": {"StatementId": "s"},
    "UpdateAlias": {"Name": "live"},
    "UpdateFunctionCode": {"ZipFile": archive()},
    "UpdateFunctionConfiguration": {"Timeout": 4},
    "UpdateFunctionEventInvokeConfig": {"MaximumRetryAttempts": 1},
}


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(action, marks=pytest.mark.modelled(f"lambda.{ACTIONS.get(action, action)}"))
        for action in OF_A_FUNCTION
    ],
)
def test_what_may_not_be_done_to_a_function_of_another_account(lambda_, refused, action):
    operation = ACTIONS.get(action, action)
    method = "".join(f"_{one.lower()}" if one.isupper() else one for one in operation).removeprefix("_")
    theirs = "arn:aws:lambda:us-east-1:111122223333:function:theirs"
    text = (
        f"User: arn:aws:iam::123456789012:user/minicloud is not authorized to perform: lambda:{action} on "
        f"resource: {theirs} because no resource-based policy allows the lambda:{action} action"
    )
    refused(getattr(lambda_, method), "AccessDeniedException", text, FunctionName=theirs, **OF_A_FUNCTION[action])


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(action, marks=pytest.mark.modelled(f"lambda.{ACTIONS.get(action, action)}"))
        for action in OF_A_FUNCTION
    ],
)
def test_each_operation_looks_at_the_name_of_its_function_first(lambda_, action):
    operation = ACTIONS.get(action, action)
    method = "".join(f"_{one.lower()}" if one.isupper() else one for one in operation).removeprefix("_")
    code, text = refusal(getattr(lambda_, method), FunctionName="no name", **OF_A_FUNCTION[action])
    assert code == "ValidationException"
    assert text.startswith("1 validation error detected: Value 'no name' at 'functionName' failed to satisfy")


def test_each_operation_looks_at_what_its_model_says(lambda_, function):
    """[botocore's model]"""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:bill"
    bill, statement = {"FunctionName": "bill"}, OF_A_FUNCTION["AddPermission"]
    wrong = {
        "qualifier": (
            *((method, {**bill, "Qualifier": "a b"}) for method in ("get_function", "get_function_configuration")),
            *((method, {**bill, "Qualifier": "a b"}) for method in ("delete_function", "get_policy", "invoke")),
            ("add_permission", {**bill, **statement, "Qualifier": "a b"}),
            ("remove_permission", {**bill, "StatementId": "s", "Qualifier": "a b"}),
            ("put_function_event_invoke_config", {**bill, "MaximumRetryAttempts": 1, "Qualifier": "a b"}),
            ("update_function_event_invoke_config", {**bill, "MaximumRetryAttempts": 1, "Qualifier": "a b"}),
            ("get_function_event_invoke_config", {**bill, "Qualifier": "a b"}),
            ("delete_function_event_invoke_config", {**bill, "Qualifier": "a b"}),
        ),
        "maxItems": (
            ("list_functions", {"MaxItems": 10_001}),
            ("list_event_source_mappings", {"MaxItems": 10_001}),
            *((method, {**bill, "MaxItems": 10_001}) for method in ("list_versions_by_function", "list_aliases")),
            ("list_function_event_invoke_configs", {**bill, "MaxItems": 51}),
        ),
        "functionName": (
            ("invoke_async", {"FunctionName": "a b", "InvokeArgs": b"{}"}),
            ("list_event_source_mappings", {"FunctionName": "a b"}),
        ),
        "functionVersion": (
            ("list_functions", {"FunctionVersion": "some"}),
            ("list_aliases", {**bill, "FunctionVersion": "a"}),
            ("create_alias", {**bill, "Name": "live", "FunctionVersion": "a"}),
        ),
        "name": tuple((method, {**bill, "Name": "7"}) for method in ("get_alias", "delete_alias", "update_alias")),
        "statementId": (
            ("add_permission", {**bill, **statement, "StatementId": "a b"}),
            ("remove_permission", {**bill, "StatementId": "a b"}),
        ),
        "description": (("publish_version", {**bill, "Description": "x" * 257}),),
        "tags": (("tag_resource", {"Resource": arn, "Tags": {"a!": "b"}}),),
        "resource": (
            ("tag_resource", {"Resource": "bill", "Tags": {}}),
            ("untag_resource", {"Resource": "bill", "TagKeys": ["a"]}),
            ("list_tags", {"Resource": "bill"}),
        ),
    }
    for member, calls in wrong.items():
        for method, params in calls:
            code, text = refusal(getattr(lambda_, method), **params)
            assert code == "ValidationException", (method, params)
            assert f" at '{member}' failed to satisfy constraint: " in text, (method, params)


def test_the_version_of_a_runtime_is_shown_but_not_in_lists(lambda_, make_function):
    """[Lambda API: ListFunctions] The same for the same runtime, in each region another one."""
    shown = [make_function(name)["RuntimeVersionConfig"] for name in ("a", "b")]
    shown.append(make_function("c", Runtime="python3.13")["RuntimeVersionConfig"])
    arns = [one["RuntimeVersionArn"] for one in shown]
    assert all(re.fullmatch("arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}", arn) for arn in arns)
    assert arns[0] == arns[1] != arns[2]
    assert lambda_.get_function_configuration(FunctionName="a")["RuntimeVersionConfig"] == shown[0]
    assert not any("RuntimeVersionConfig" in one for one in lambda_.list_functions()["Functions"])


def test_the_account_of_a_partial_name(lambda_, refused):
    theirs = "arn:aws:lambda:us-east-1:111122223333:function:theirs"
    text = (
        "User: arn:aws:iam::123456789012:user/minicloud is not authorized to perform: lambda:GetFunction on "
        f"resource: {theirs} because no resource-based policy allows the lambda:GetFunction action"
    )
    refused(lambda_.get_function, "AccessDeniedException", text, FunctionName="111122223333:function:theirs")


def test_a_name_has_sixty_four_letters_at_the_most(lambda_, new):
    for count, is_taken in ((64, True), (65, False)):
        params = {**new("x"), "FunctionName": "x" * count}
        if is_taken:
            assert lambda_.create_function(**params)["FunctionName"] == "x" * count
        else:
            code, text = refusal(lambda_.create_function, **params)
            assert code == "ValidationException"
            assert "Member must have length less than or equal to 64" in text


def test_answers_are_copies(lambda_, function):
    lambda_.get_function(FunctionName="bill")["Configuration"]["Architectures"].append("x")
    assert lambda_.get_function(FunctionName="bill")["Configuration"]["Architectures"] == ["x86_64"]


def test_operations_that_there_are_not_say_what_to_do(cloud):
    client = cloud.client("lambda")
    for name, text in (
        ("create_function_url_config", "a function has no URL here: call it with invoke()"),
        ("publish_layer_version", "install it there"),
        ("put_provisioned_concurrency_config", "there is nothing to provision"),
        ("invoke_with_response_stream", "call the function with invoke()"),
    ):
        with pytest.raises(minicloud.UsageError, match=f"minicloud does not have {name} of Lambda") as caught:
            getattr(client, name)
        assert text in str(caught.value)


def test_the_same_seed_gives_the_same_ids(cloud):
    def answers():
        client = minicloud.Cloud(clock="virtual", seed=7).client("lambda")
        given = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive()}, "Role": ROLE}
        return [client.create_function(FunctionName=name, **given) for name in ("a", "b")]

    assert answers() == answers()


def test_snapshots_hold_functions(cloud):
    client = cloud.client("lambda")
    given = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive()}, "Role": ROLE}
    client.create_function(FunctionName="a", **given)
    snapshot = cloud.snapshot()
    client.publish_version(FunctionName="a")
    client.create_alias(FunctionName="a", Name="live", FunctionVersion="1")
    client.update_function_configuration(FunctionName="a", Timeout=99)
    client.create_function(FunctionName="b", **given)
    cloud.clock.advance(timedelta(days=1))
    cloud.restore(snapshot)
    assert [one["FunctionName"] for one in client.list_functions(FunctionVersion="ALL")["Functions"]] == ["a"]
    assert client.get_function(FunctionName="a")["Configuration"]["Timeout"] == 3
    assert client.list_aliases(FunctionName="a")["Aliases"] == []
    assert client.publish_version(FunctionName="a")["Version"] == "1"
    cloud.reset()
    assert client.list_functions()["Functions"] == []


def test_faults_of_a_function(lambda_, function, make_function, cloud):
    make_function("other")
    fault = cloud.faults.refuse("TooManyRequestsException", resource="bill", first=2)
    for name in ("bill", f"{ARN}:$LATEST"):
        with pytest.raises(lambda_.exceptions.TooManyRequestsException, match="Rate Exceeded") as caught:
            lambda_.get_function(FunctionName=name)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert caught.value.response["Type"] == "User"
        lambda_.get_function(FunctionName="other")
    assert fault.fired == 2
    cloud.faults.refuse(("ResourceConflictException", "An update is in progress"), service="lambda", first=1)
    with pytest.raises(lambda_.exceptions.ResourceConflictException, match="An update is in progress") as caught:
        lambda_.list_functions()
    assert caught.value.response["message"] == "An update is in progress"


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("ServiceException", 500, "Service"),
        ("EC2ThrottledException", 502, "Service"),
        ("UnsupportedMediaTypeException", 415, "User"),
        ("RequestTooLargeException", 413, "User"),
    ],
)
def test_an_error_says_whose_fault_it_is(cloud, lambda_, name, status, kind):
    cloud.faults.refuse((name, "no"), service="lambda")
    with pytest.raises(lambda_.exceptions.ClientError) as caught:
        lambda_.list_functions()
    response = caught.value.response
    assert (response["Type"], response["ResponseMetadata"]["HTTPStatusCode"]) == (kind, status)


MANY = "Member must have length less than or equal to 1"
NONE = "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"


@pytest.mark.parametrize(("architectures", "text"), [(["x86_64", "arm64"], MANY), (["X86"], NONE)])
def test_architectures_that_are_none(lambda_, make_function, refused, architectures, text):
    make_function()
    shown = ", ".join(architectures)
    text = f"1 validation error detected: Value '[{shown}]' at 'architectures' failed to satisfy constraint: {text}"
    wrong = {"FunctionName": "bill", "ZipFile": archive("x = 2"), "Architectures": architectures}
    refused(lambda_.update_function_code, "ValidationException", text, **wrong)
