"""What belongs to a function beside its code: concurrency, asynchronous events, loops; and the account."""

from __future__ import annotations

import datetime

import pytest

from minicloud import UsageError

from .archives import archive

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed"
TOPIC = "arn:aws:sns:us-east-1:123456789012:done"


def test_reserved_concurrency(lambda_, function, make_function, refused):
    bill = {"FunctionName": "bill"}
    assert "ReservedConcurrentExecutions" not in lambda_.get_function_concurrency(**bill)
    assert lambda_.put_function_concurrency(**bill, ReservedConcurrentExecutions=0)["ReservedConcurrentExecutions"] == 0
    assert lambda_.get_function(**bill)["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    assert lambda_.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 1000
    for runs in (850, 900, 800):  # what is its own already is not another's
        lambda_.put_function_concurrency(**bill, ReservedConcurrentExecutions=runs)
    make_function("other")
    text = (
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
        "its minimum value of [100]."
    )
    wrong = "InvalidParameterValueException"
    other = {"FunctionName": "other"}
    refused(lambda_.put_function_concurrency, wrong, text, **other, ReservedConcurrentExecutions=101)
    lambda_.put_function_concurrency(**other, ReservedConcurrentExecutions=100)
    limit = lambda_.get_account_settings()["AccountLimit"]
    assert (limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]) == (1000, 100)
    assert lambda_.get_function_concurrency(**bill)["ReservedConcurrentExecutions"] == 800
    answer = lambda_.delete_function_concurrency(**bill)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    lambda_.delete_function(**other)
    assert lambda_.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 1000
    text = (
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN."
    )
    for method, more in (
        (lambda_.put_function_concurrency, {"ReservedConcurrentExecutions": 1}),
        (lambda_.get_function_concurrency, {}),
        (lambda_.delete_function_concurrency, {}),
    ):
        refused(method, wrong, text, FunctionName="bill:$LATEST", **more)


def test_the_account(lambda_, make_function):
    size = make_function("a", Publish=True)["CodeSize"]
    make_function("b")
    settings = lambda_.get_account_settings()
    assert settings["AccountUsage"] == {"TotalCodeSize": 3 * size, "FunctionCount": 2}
    assert settings["AccountLimit"] == {  # [Lambda quotas]
        "TotalCodeSize": 80_530_636_800,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000,
    }


def test_settings_of_asynchronous_events(lambda_, function, cloud):
    put, update = lambda_.put_function_event_invoke_config, lambda_.update_function_event_invoke_config
    answer = put(FunctionName="bill", MaximumRetryAttempts=0)
    assert answer["LastModified"] == cloud.clock.now()
    assert answer["LastModified"].tzinfo is not None
    del answer["LastModified"], answer["ResponseMetadata"]
    assert answer == {
        "FunctionArn": f"{ARN}:$LATEST",
        "MaximumRetryAttempts": 0,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
    }
    cloud.clock.advance(5)
    changed = update(
        FunctionName="bill",
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnSuccess": {"Destination": TOPIC}, "OnFailure": {"Destination": QUEUE}},
    )
    assert changed["LastModified"] == cloud.clock.now()
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (0, 60)
    found = lambda_.get_function_event_invoke_config(FunctionName=ARN)
    both = {"OnSuccess": {"Destination": TOPIC}, "OnFailure": {"Destination": QUEUE}}
    assert found["DestinationConfig"] == both
    cut = update(FunctionName="bill", DestinationConfig={"OnSuccess": {}})
    assert cut["DestinationConfig"] == {**both, "OnSuccess": {}}
    assert "MaximumRetryAttempts" not in put(FunctionName="bill", MaximumEventAgeInSeconds=61)

    lambda_.publish_version(FunctionName="bill")
    lambda_.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    put(FunctionName="bill", Qualifier="live", MaximumRetryAttempts=1)
    put(FunctionName="bill:1", MaximumRetryAttempts=2)
    page = lambda_.list_function_event_invoke_configs(FunctionName="bill", MaxItems=2)
    rest = lambda_.list_function_event_invoke_configs(FunctionName="bill", Marker=page["NextMarker"])
    configs = page["FunctionEventInvokeConfigs"] + rest["FunctionEventInvokeConfigs"]
    assert [one["FunctionArn"] for one in configs] == [f"{ARN}:{qualifier}" for qualifier in ("$LATEST", "1", "live")]
    assert [one.get("MaximumRetryAttempts") for one in configs] == [None, 2, 1]

    lambda_.delete_function_event_invoke_config(FunctionName="bill")
    lambda_.delete_alias(FunctionName="bill", Name="live")
    left = lambda_.list_function_event_invoke_configs(FunctionName="bill")["FunctionEventInvokeConfigs"]
    assert [one["FunctionArn"] for one in left] == [f"{ARN}:1"]
    lambda_.delete_function(FunctionName="bill", Qualifier="1")
    assert lambda_.list_function_event_invoke_configs(FunctionName="bill")["FunctionEventInvokeConfigs"] == []


def test_settings_of_asynchronous_events_that_cannot_be(lambda_, function, refused):
    put, wrong = lambda_.put_function_event_invoke_config, "InvalidParameterValueException"
    empty = "You must specify at least one of error handling or destination setting."
    refused(put, wrong, empty, FunctionName="bill")
    missing = "ResourceNotFoundException"
    for name in ("none", "bill:7", "bill:live"):
        refused(put, missing, "The function doesn't exist.", FunctionName=name, MaximumRetryAttempts=0)
    for destination, text in (
        (ARN, "You can't specify the function as a destination for itself."),
        (f"{ARN}:$LATEST", "You can't specify the function as a destination for itself."),
        (
            "arn:aws:kinesis:us-east-1:123456789012:stream/s",
            "The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure("
            "destination=arn:aws:kinesis:us-east-1:123456789012:stream/s)) is invalid.",
        ),
        (f"{ARN}s", f"The destination ARN {ARN}s is invalid."),
        (
            "arn:aws:sqs:us-east-1:123456789012:q.fifo",
            "The destination ARN arn:aws:sqs:us-east-1:123456789012:q.fifo is invalid.",
        ),
    ):
        refused(put, wrong, text, FunctionName="bill", DestinationConfig={"OnFailure": {"Destination": destination}})
    for destination in ("arn:aws:s3:::b", "arn:aws:events:us-east-1:123456789012:event-bus/default"):
        with pytest.raises(UsageError, match="give a queue, a topic or a function as the destination"):
            put(FunctionName="bill", DestinationConfig={"OnSuccess": {"Destination": destination}})
    refused(
        put,
        "ValidationException",
        "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must "
        "have value less than or equal to 2",
        FunctionName="bill",
        MaximumRetryAttempts=3,
    )
    text = f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig"
    refused(lambda_.update_function_event_invoke_config, wrong, empty, FunctionName="bill")
    for method, more in (
        (lambda_.update_function_event_invoke_config, {"MaximumRetryAttempts": 0}),
        (lambda_.get_function_event_invoke_config, {}),
        (lambda_.delete_function_event_invoke_config, {}),
    ):
        refused(method, missing, text, FunctionName="bill", **more)


@pytest.mark.modelled("lambda.PutFunctionRecursionConfig")
def test_what_is_done_about_loops(lambda_, function, refused):
    assert lambda_.get_function_recursion_config(FunctionName="bill")["RecursiveLoop"] == "Terminate"
    assert lambda_.put_function_recursion_config(FunctionName="bill", RecursiveLoop="Allow")["RecursiveLoop"] == "Allow"
    assert lambda_.get_function_recursion_config(FunctionName="bill")["RecursiveLoop"] == "Allow"
    refused(
        lambda_.put_function_recursion_config,
        "ValidationException",
        "1 validation error detected: Value 'No' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy "
        "enum value set: [Allow, Terminate]",
        FunctionName="bill",
        RecursiveLoop="No",
    )


def test_the_time_of_an_answer_is_exact_to_the_millisecond(lambda_, function, cloud):
    cloud.clock.advance(datetime.timedelta(microseconds=1500))
    answer = lambda_.put_function_event_invoke_config(FunctionName="bill", MaximumRetryAttempts=1)
    assert answer["LastModified"].microsecond == pytest.approx(1000, abs=1)
    assert lambda_.update_function_code(FunctionName="bill", ZipFile=archive())["LastModified"].endswith(".001+0000")
