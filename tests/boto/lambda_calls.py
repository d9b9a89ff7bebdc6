"""Calls of Lambda, each operation at least once, some of them refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

__all__ = ["lambda_script"]

Call = tuple[str, str, dict[str, Any]]


def archive(source: str) -> bytes:
    """A ZIP file with a module ``app``: the same bytes each time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr(zipfile.ZipInfo("app.py"), source)
    return content.getvalue()


def lambda_script() -> Iterator[Call]:
    """Yields calls (service, method, parameters) and takes each answer, or error response, by ``send``."""
    function: dict[str, Any] = {
        "FunctionName": "bill",
        "Runtime": "python3.12",
        "Role": "arn:aws:iam::123456789012:role/r",
        "Handler": "app.handler",
        "Code": {"ZipFile": archive("def handler(event, context):\n    return event\n")},
        "Environment": {"Variables": {"STAGE": "tést"}},
        "Tags": {"team": "a b"},
    }
    yield "lambda", "create_function", function
    yield "lambda", "create_function", function
    yield "lambda", "create_function", {**function, "FunctionName": "b b", "Timeout": 901}
    yield "lambda", "create_function", {**function, "FunctionName": "other", "Code": {"ZipFile": b"x"}}
    yield "lambda", "get_function", {"FunctionName": "bill"}
    yield "lambda", "get_function", {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:bill"}
    yield "lambda", "get_function", {"FunctionName": "bill", "Qualifier": "7"}
    yield "lambda", "get_function", {"FunctionName": "arn:aws:lambda:us-east-1:111122223333:function:bill"}
    yield "lambda", "get_function_configuration", {"FunctionName": "bill:$LATEST"}
    for call in (runs, updates, versions, aliases, configs, mappings, permissions, tags):
        yield from call()
    yield "lambda", "delete_function", {"FunctionName": "bill", "Qualifier": "$LATEST"}
    yield "lambda", "delete_function", {"FunctionName": "bill:live"}
    yield "lambda", "delete_function", {"FunctionName": "bill"}
    yield "lambda", "delete_function", {"FunctionName": "bill"}


def runs() -> Iterator[Call]:
    """Runs of a function."""
    name = {"FunctionName": "bill"}
    yield "lambda", "invoke", {**name, "Payload": b'{"a": ["\xc3\xa4"]}'}
    yield "lambda", "invoke", {**name, "LogType": "Tail", "Qualifier": "$LATEST"}
    yield "lambda", "invoke", {**name, "InvocationType": "Event", "Payload": b"[]"}
    yield "lambda", "invoke", {**name, "InvocationType": "DryRun"}
    yield "lambda", "invoke", {**name, "Payload": b"no JSON"}
    yield "lambda", "invoke", {"FunctionName": "none"}
    yield "lambda", "invoke_async", {**name, "InvokeArgs": b"{}"}
    failing = "def handler(event, context):\n    raise ValueError('no')\n"
    yield "lambda", "update_function_code", {**name, "ZipFile": archive(failing)}
    yield "lambda", "invoke", name


def updates() -> Iterator[Call]:
    """Changes of a function."""
    name = {"FunctionName": "bill"}
    settings = {"Timeout": 9, "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
    answer = yield "lambda", "update_function_configuration", {**name, **settings}
    yield "lambda", "update_function_configuration", {**name, "Timeout": 9, "RevisionId": "x" + answer["RevisionId"]}
    yield "lambda", "update_function_configuration", {**name, "Runtime": "python9"}
    yield "lambda", "update_function_configuration", {**name, "Environment": {"Variables": {"AWS_REGION": "x"}}}
    yield "lambda", "update_function_configuration", {**name, "DeadLetterConfig": {"TargetArn": "arn:aws:kms:x"}}
    yield "lambda", "update_function_code", {**name, "ZipFile": archive("a = 1"), "DryRun": True}
    yield "lambda", "update_function_code", {**name, "ZipFile": archive("a = 1"), "Publish": True}
    yield "lambda", "update_function_code", name
    yield "lambda", "update_function_code", {**name, "ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/x:1"}
    image = {"FunctionName": "image", "PackageType": "Image", "Code": {"ImageUri": "1.dkr.ecr/x:1"}}
    yield "lambda", "create_function", {**image, "Role": "arn:aws:iam::123456789012:role/r", "Publish": True}
    yield "lambda", "get_function", {"FunctionName": "image"}
    yield "lambda", "list_functions", {}
    yield "lambda", "list_functions", {"FunctionVersion": "ALL", "MaxItems": 1, "MasterRegion": "us-east-1"}
    yield "lambda", "list_functions", {"Marker": "?"}


def versions() -> Iterator[Call]:
    """Versions of a function."""
    name = {"FunctionName": "bill"}
    yield "lambda", "publish_version", {**name, "CodeSha256": "x"}
    yield "lambda", "publish_version", {**name, "Description": "same"}
    yield "lambda", "update_function_configuration", {**name, "MemorySize": 256}
    yield "lambda", "publish_version", {**name, "Description": "second"}
    page = yield "lambda", "list_versions_by_function", {**name, "MaxItems": 2}
    yield "lambda", "list_versions_by_function", {**name, "Marker": page["NextMarker"]}
    yield "lambda", "get_function", {**name, "Qualifier": "2"}


def aliases() -> Iterator[Call]:
    """Aliases of a function."""
    name = {"FunctionName": "bill"}
    alias = {**name, "Name": "live", "FunctionVersion": "1"}
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    yield "lambda", "create_alias", {**alias, "Description": "é", "RoutingConfig": weights}
    yield "lambda", "create_alias", alias
    yield "lambda", "create_alias", {**alias, "Name": "1", "RoutingConfig": {"AdditionalVersionWeights": {"x": 2.0}}}
    yield "lambda", "create_alias", {**alias, "Name": "x", "FunctionVersion": "9"}
    yield "lambda", "get_alias", {**name, "Name": "live"}
    yield "lambda", "get_alias", {**name, "Name": "dead"}
    yield "lambda", "update_alias", {**name, "Name": "live", "FunctionVersion": "2", "RoutingConfig": {}}
    yield "lambda", "list_aliases", {**name, "FunctionVersion": "2"}
    yield "lambda", "get_function", {**name, "Qualifier": "live"}
    yield "lambda", "delete_function", {**name, "Qualifier": "2"}
    yield "lambda", "delete_alias", {**name, "Name": "dead"}


def configs() -> Iterator[Call]:
    """What belongs to a function beside its code."""
    name = {"FunctionName": "bill"}
    yield "lambda", "put_function_concurrency", {**name, "ReservedConcurrentExecutions": 901}
    yield "lambda", "put_function_concurrency", {**name, "ReservedConcurrentExecutions": 5}
    yield "lambda", "get_function_concurrency", name
    yield "lambda", "get_function", name
    yield "lambda", "get_account_settings", {}
    yield "lambda", "delete_function_concurrency", name
    yield "lambda", "get_function_concurrency", {"FunctionName": "bill:live"}
    to_queue = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:q"}}
    yield "lambda", "put_function_event_invoke_config", name
    yield "lambda", "put_function_event_invoke_config", {"FunctionName": "none", "MaximumRetryAttempts": 0}
    yield "lambda", "put_function_event_invoke_config", {**name, "MaximumRetryAttempts": 0}
    yield "lambda", "update_function_event_invoke_config", {**name, "DestinationConfig": to_queue}
    yield "lambda", "get_function_event_invoke_config", name
    yield "lambda", "get_function_event_invoke_config", {**name, "Qualifier": "live"}
    yield "lambda", "list_function_event_invoke_configs", name
    yield "lambda", "delete_function_event_invoke_config", name
    yield "lambda", "delete_function_event_invoke_config", name
    yield "lambda", "put_function_recursion_config", {**name, "RecursiveLoop": "Allow"}
    yield "lambda", "put_function_recursion_config", {**name, "RecursiveLoop": "?"}
    yield "lambda", "get_function_recursion_config", name


def mappings() -> Iterator[Call]:
    """Mappings from a queue and from a stream."""
    queue, stream = "arn:aws:sqs:us-east-1:123456789012:mapped", "arn:aws:kinesis:us-east-1:123456789012:stream/mapped"
    yield "sqs", "create_queue", {"QueueName": "mapped"}
    of_queue = {
        "EventSourceArn": queue,
        "FunctionName": "bill",
        "FilterCriteria": {"Filters": [{"Pattern": '{"a":[1]}'}]},
    }
    made = yield "lambda", "create_event_source_mapping", of_queue
    yield "lambda", "create_event_source_mapping", of_queue
    yield "lambda", "create_event_source_mapping", {**of_queue, "FunctionName": "none"}
    yield "lambda", "create_event_source_mapping", {"FunctionName": "bill"}
    yield "lambda", "create_event_source_mapping", {"EventSourceArn": stream, "FunctionName": "bill"}
    one = {"UUID": made["UUID"]}
    yield "lambda", "get_event_source_mapping", one
    yield "lambda", "update_event_source_mapping", {**one, "BatchSize": 5, "FunctionResponseTypes": ["?"]}
    yield "lambda", "update_event_source_mapping", {**one, "BatchSize": 5, "Enabled": False}
    yield "lambda", "list_event_source_mappings", {"EventSourceArn": queue, "MaxItems": 1}
    arn = f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{made['UUID']}"  # older releases do not show it
    yield "lambda", "list_tags", {"Resource": arn}
    yield "lambda", "delete_event_source_mapping", one
    yield "lambda", "delete_event_source_mapping", {"UUID": "00000000-0000-4000-8000-000000000000"}
    yield "sqs", "delete_queue", {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/mapped"}


def permissions() -> Iterator[Call]:
    """The policy of a function."""
    name = {"FunctionName": "bill"}
    statement = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    yield "lambda", "add_permission", {**name, **statement, "SourceArn": "arn:aws:s3:::photos"}
    yield "lambda", "add_permission", {**name, **statement}
    yield "lambda", "add_permission", {**name, **statement, "Qualifier": "$LATEST"}
    yield "lambda", "add_permission", {**name, **statement, "StatementId": "t", "Principal": "nobody"}
    policy = yield "lambda", "get_policy", name
    yield "lambda", "remove_permission", {**name, "StatementId": "s", "RevisionId": "x"}
    yield "lambda", "remove_permission", {**name, "StatementId": "t"}
    yield "lambda", "remove_permission", {**name, "StatementId": "s", "RevisionId": policy["RevisionId"]}
    yield "lambda", "get_policy", name


def tags() -> Iterator[Call]:
    """Tags of a function."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:bill"
    yield "lambda", "tag_resource", {"Resource": arn, "Tags": {"stage": "té st", "x": ""}}
    yield "lambda", "list_tags", {"Resource": arn}
    yield "lambda", "untag_resource", {"Resource": arn, "TagKeys": ["x", "team"]}
    yield "lambda", "list_tags", {"Resource": arn}
    yield "lambda", "list_tags", {"Resource": f"{arn}:1"}
    yield "lambda", "tag_resource", {"Resource": "bill", "Tags": {}}
