"""Parity with botocore's models: operations, parameters, answers, exceptions, paginators, waiters, for each service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from types import NoneType
from typing import Annotated, Any, Literal, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

import botocore.session
import pytest

import minicloud
from minicloud.core.operation import Operation, operations_of
from minicloud.core.shapes import Shape
from minicloud.services.lambda_.runtimes import RUNTIMES
from minicloud.services.registry import KNOWN_RELEASE, SERVICE_NAMES, load_service

pytestmark = [pytest.mark.needs("botocore"), pytest.mark.known_release]

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")
WHOLE = {"kinesis": 57, "pipes": 10, "scheduler": 12, "sns": 42, "sqs": 23}
"""Services of which minicloud has all operations, and how many those are."""
TOLD_OF_ALL = ("events", "firehose", "lambda")
"""Services that say of each operation which minicloud does not have what to do instead."""
IN_PART = {"application-autoscaling": 13, "cloudwatch": 16, "iam": 13, "logs": 11, "s3": 30, "sts": 5}
"""Services of which minicloud has some operations, and how many."""
NEVER_SHOWN = {
    "CompositeAlarm": "ActionConfiguration",
    "MetricAlarm": "ThresholdMetricId EvaluationState EvaluationWindow WarmUpConfiguration EvaluationCriteria "
    "EvaluationInterval ActionConfiguration",
    "DeliveryStreamDescription": "DeliveryStreamEncryptionConfiguration FailureDescription",
    "DestinationDescription": "RedshiftDestinationDescription ElasticsearchDestinationDescription "
    "AmazonopensearchserviceDestinationDescription SplunkDestinationDescription HttpEndpointDestinationDescription "
    "SnowflakeDestinationDescription AmazonOpenSearchServerlessDestinationDescription IcebergDestinationDescription",
    "SourceDescription": "MSKSourceDescription DatabaseSourceDescription",
    "waiters": "LogAlarmExists",
}
"""What is of alarms that CloudWatch here refuses to make, by structure, and of destinations that Firehose refuses. Of
alarms of logs nothing is ever shown."""
SERVICES = {name: load_service(name) for name in SERVICE_NAMES}
MODELS = {name: SESSION.get_service_model(name) for name in SERVICES}
OPERATIONS: dict[str, dict[str, Operation[..., Any]]] = {
    name: {operation.name: operation for operation in operations_of(service.api).values()}
    for name, service in SERVICES.items()
}
EVERY_SERVICE = pytest.mark.parametrize("service", SERVICES)
EVERY_OPERATION = pytest.mark.parametrize(
    ("service", "name"),
    [
        (service, name)
        for service, model in MODELS.items()
        for name in model.operation_names
        if name in OPERATIONS[service] or not SERVICES[service].is_partial
    ],
)


def same_shape(ours: Shape, theirs: Any, path: str) -> None:
    """A shape of a parameter is the model's."""
    # To Python an integer is as long as it likes; what is said of it differs only for a boolean in its place.
    assert ours.kind == theirs.type_name.replace("long", "integer"), path
    if ours.kind == "structure":
        assert list(ours.members) == list(theirs.members), (
            f"{path}: the members of botocore {KNOWN_RELEASE}, in its order, in the service's operations/ or shapes.py"
        )
        assert set(ours.required) == set(theirs.required_members), path
        for name, member in ours.members.items():
            same_shape(member, theirs.members[name], f"{path}.{name}")
        return
    assert (ours.minimum or 0) == (theirs.metadata.get("min") or 0), path
    if ours.kind == "list":
        assert ours.member is not None
        same_shape(ours.member, theirs.member, f"{path}[]")
    elif ours.kind == "map":
        assert ours.member is not None
        same_shape(ours.member, theirs.value, f"{path}{{}}")


def test_each_service_is_there_as_a_whole_or_in_part() -> None:
    assert sorted([*WHOLE, *TOLD_OF_ALL, *IN_PART]) == sorted(SERVICE_NAMES), (
        "each service of SERVICE_NAMES is in one table of this file: in WHOLE, if minicloud has all its operations; in "
        "TOLD_OF_ALL, if its `refused` names all others; else in IN_PART"
    )


@pytest.mark.parametrize(("service", "count"), WHOLE.items())
def test_every_operation_and_no_other(service: str, count: int) -> None:
    assert set(OPERATIONS[service]) == set(MODELS[service].operation_names)
    assert len(OPERATIONS[service]) == count


@pytest.mark.parametrize(("service", "count"), IN_PART.items())
def test_some_operations(service: str, count: int) -> None:
    assert set(OPERATIONS[service]) < set(MODELS[service].operation_names)
    assert len(OPERATIONS[service]) == count


def test_each_operation_that_a_service_does_not_have_says_what_to_do_instead() -> None:
    assert [name for name in WHOLE if SERVICES[name].is_partial] == [], "these are in WHOLE, and say is_partial"
    for name in TOLD_OF_ALL:
        service = SERVICES[name]
        assert service.is_partial, f"{name} is in TOLD_OF_ALL, and does not say is_partial"
        ours, theirs = set(OPERATIONS[name]), set(MODELS[name].operation_names)
        assert ours.isdisjoint(service.refused)
        assert ours | set(service.refused) == theirs
    for name in IN_PART:
        assert set(SERVICES[name].refused) <= set(MODELS[name].operation_names) - set(OPERATIONS[name])


@EVERY_OPERATION
def test_parameters(service: str, name: str) -> None:
    ours, theirs = OPERATIONS[service][name], MODELS[service].operation_model(name)
    assert ours.method_name == botocore.xform_name(name)
    if theirs.input_shape is None:
        assert not ours.input.members
    else:
        same_shape(ours.input, theirs.input_shape, name)


OTHER_WORDS = ["ReceiveMessage.AttributeNames[]"]
"""Here the model has the names of a queue's attributes, and SQS takes those of a message's."""


def same_words(annotation: Any, theirs: Any, path: str) -> Iterator[str]:
    """Where the words that a type checker allows are not those of the model."""
    while get_origin(annotation) in (Annotated, Required, NotRequired):
        annotation, *_ = get_args(annotation)
    inner = [one for one in get_args(annotation) if one is not NoneType]
    if get_origin(annotation) is Literal:
        if set(inner) != set(theirs.enum) and path not in OTHER_WORDS:
            yield f"{path}: {sorted(set(inner) ^ set(theirs.enum))}"
    elif is_typeddict(annotation) and theirs.type_name == "structure":
        for member, hint in get_type_hints(annotation, include_extras=True).items():
            yield from same_words(hint, theirs.members[member], f"{path}.{member}")
    elif theirs.type_name == "map" and len(inner) == 2:
        yield from same_words(inner[0], theirs.key, f"{path}{{key}}")
        yield from same_words(inner[1], theirs.value, f"{path}{{}}")
    elif theirs.type_name == "list" and len(inner) == 1:
        yield from same_words(inner[0], theirs.member, f"{path}[]")


@EVERY_SERVICE
def test_words_of_parameters(service: str) -> None:
    differing = [
        difference
        for name, operation in OPERATIONS[service].items()
        for parameter, hint in get_type_hints(operation.handler, include_extras=True).items()
        if parameter in operation.input.members
        for difference in same_words(
            hint, MODELS[service].operation_model(name).input_shape.members[parameter], f"{name}.{parameter}"
        )
    ]
    assert differing == []


@pytest.mark.parametrize("service", ["lambda", "pipes", "scheduler"])
def test_where_requests_have_what_they_say(service: str) -> None:
    """Methods and paths, and which member is in a header, or the body itself. S3's are none of a model."""
    rest = import_module(f"minicloud.services.{service.replace('lambda', 'lambda_')}.rest")
    paths: dict[str, Any] = {}
    headers: dict[str, dict[str, str]] = {}
    payloads: dict[str, str] = {}
    for name in OPERATIONS[service]:
        model = MODELS[service].operation_model(name)
        paths[name] = model.http["method"], model.http["requestUri"].rstrip("/")
        if model.input_shape is None:
            continue
        for member, shape in model.input_shape.members.items():
            if shape.serialization.get("location") == "header":
                headers.setdefault(name, {})[member] = shape.serialization["name"]
        if "payload" in model.input_shape.serialization:
            payloads[name] = model.input_shape.serialization["payload"]
    assert paths == rest.PATHS
    assert headers == rest.OF_HEADERS
    assert payloads == rest.PAYLOADS


@EVERY_SERVICE
def test_what_of_answers_is_not_in_the_body(service: str) -> None:
    """The status, or the member that says it; for what is not S3, also headers, and the member that is the body."""
    ours, theirs = {}, {}
    for name, operation in OPERATIONS[service].items():
        model = MODELS[service].operation_model(name)
        shape = model.output_shape
        of_status, headers = [], {}
        for member, one in () if shape is None else shape.members.items():
            location = one.serialization.get("location")
            if location == "statusCode":
                of_status.append(member)
            elif location == "header":
                headers[member] = one.serialization["name"]
        status = of_status[0] if of_status else model.http.get("responseCode", 200)
        if name == "RestoreObject":
            status = 202  # of what is not restored yet [S3 API: RestoreObject]
        payload = "" if shape is None else shape.serialization.get("payload", "")
        http = operation.http
        is_plain = service == "s3"  # its tables are compared with the models where they are read
        ours[name] = http.status, {} if is_plain else dict(http.headers), "" if is_plain else http.payload
        theirs[name] = status, {} if is_plain else headers, "" if is_plain else payload
    assert ours == theirs


def test_runtimes_are_all_of_the_model() -> None:
    assert sorted([*RUNTIMES, "custom"]) == sorted(MODELS["lambda"].shape_for("Runtime").enum)


KINDS = {
    str: ["string"],
    bool: ["boolean"],
    int: ["integer", "long"],
    float: ["double"],
    bytes: ["blob"],
    datetime: ["timestamp"],
}

ALWAYS_THERE = {
    "SendMessageResult": {"MD5OfMessageBody", "MessageId"},
    "Message": {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"},
}
"""Members that the model leaves open and AWS always answers: ours may promise more than the model, never less."""


def same_answer(annotation: Any, theirs: Any, path: str) -> None:
    """An annotation of an answer describes the model's shape."""
    kind = None
    while get_origin(annotation) in (Annotated, Required, NotRequired):
        annotation, *notes = get_args(annotation)
        kind = next((note for note in notes if isinstance(note, str)), kind)
    if get_origin(annotation) is Literal:
        assert set(get_args(annotation)) == set(theirs.enum), path
        annotation = str
    if kind == "blob":
        assert theirs.type_name == "blob", path
    elif theirs.name == "policyDocumentType":
        # IAM's are texts, of which botocore makes dicts.
        assert annotation == dict[str, Any], path
    elif is_typeddict(annotation):
        assert theirs.type_name == "structure", path
        hints = get_type_hints(annotation, include_extras=True)
        never = NEVER_SHOWN.get(annotation.__name__, "").split()
        if annotation.__name__ != "LogAlarm":
            assert list(hints) == [name for name in theirs.members if name not in never], path
        collections = {name for name, member in theirs.members.items() if member.type_name in ("list", "map")}
        # Collections that are empty may be left out, whatever the model says.
        assert annotation.__required_keys__ >= set(theirs.required_members) - collections, path
        assert annotation.__required_keys__ >= ALWAYS_THERE.get(annotation.__name__, set()), path
        for member, hint in hints.items():
            same_answer(hint, theirs.members[member], f"{path}.{member}")
    elif get_origin(annotation) is Iterable:
        # An event stream: iterating it gives the structure of its members.
        assert theirs.serialization["eventstream"], path
        same_answer(get_args(annotation)[0], theirs, f"{path}[]")
    elif len(get_args(annotation)) == 2:
        assert theirs.type_name == "map", path
        same_answer(get_args(annotation)[1], theirs.value, f"{path}{{}}")
    elif get_origin(annotation) is not None:
        assert theirs.type_name == "list", path
        same_answer(get_args(annotation)[0], theirs.member, f"{path}[]")
    else:
        assert theirs.type_name in KINDS[annotation], path
        assert kind in (None, theirs.type_name), path


@EVERY_OPERATION
def test_answers(service: str, name: str) -> None:
    ours, theirs = OPERATIONS[service][name].result, MODELS[service].operation_model(name).output_shape
    if theirs is None:
        assert ours is NoneType
    else:
        same_answer(ours, theirs, name)


@EVERY_SERVICE
def test_the_modelled_exceptions(service: str) -> None:
    assert sorted(SERVICES[service].exceptions) == sorted(shape.name for shape in MODELS[service].error_shapes)


OF_SERVERS = {
    ("application-autoscaling", "InternalServiceException"): 500,
    ("events", "InternalException"): 500,
    ("firehose", "ServiceUnavailableException"): 503,
    ("kinesis", "InternalFailureException"): 500,
    ("logs", "InternalServerException"): 500,
    ("logs", "ServiceUnavailableException"): 500,
}
"""What is the service's fault, of that whose status the model does not say. [model: fault; API references: Errors]"""


@EVERY_SERVICE
def test_a_fault_makes_them_with_the_models_codes_and_statuses(service: str) -> None:
    cloud = minicloud.Cloud(clock="virtual", trace=False)
    client = cloud.client(service)
    operation = min(OPERATIONS[service].values(), key=lambda one: len(one.input.required))
    found, expected = {}, {}
    for shape in MODELS[service].error_shapes:
        modelled = shape.metadata.get("error", {})
        # Of some the model says neither code nor status: these are called as their shapes are, but for SQS.
        if shape.name in SERVICES[service].exceptions and (modelled or service != "sqs"):
            fault = cloud.faults.refuse((shape.name, "no"), service=service)
            with pytest.raises(client.exceptions.ClientError) as caught:
                getattr(client, botocore.xform_name(operation.name))(**dict.fromkeys(operation.input.required, "x"))
            cloud.faults.remove(fault)
            response = caught.value.response
            status = response["ResponseMetadata"]["HTTPStatusCode"]
            found[shape.name] = response["Error"]["Code"], status
            assert response["Error"]["Message"] == "no"
            beside = response.keys() - {"Error", "ResponseMetadata"}
            assert beside <= shape.members.keys(), shape.name
            expected[shape.name] = (
                modelled.get("code", shape.name),
                modelled.get("httpStatusCode", OF_SERVERS.get((service, shape.name), 400)),
            )
    assert found == expected, (
        "code and status as the model has them; where it has none, and calls an error a fault of the server's, both "
        "OF_SERVERS here and _OF_SERVERS of minicloud/faults/errors.py have its status"
    )


@EVERY_SERVICE
def test_paginators(service: str) -> None:
    known = service in LOADER.list_available_services("paginators-1")
    theirs = LOADER.load_service_model(service, "paginators-1")["pagination"] if known else {}
    theirs = {name: config for name, config in theirs.items() if name in OPERATIONS[service]}
    paginators = SERVICES[service].paginators
    assert set(paginators) == {botocore.xform_name(name) for name in theirs}
    for name, config in theirs.items():
        ours, keys = paginators[botocore.xform_name(name)], config["result_key"]
        for token, of_model in ((ours.input_token, "input_token"), (ours.output_token, "output_token")):
            assert (token if isinstance(token, str) else list(token)) == config[of_model]
        assert ours.limit_key == config.get("limit_key")
        assert ours.more_results == config.get("more_results")
        assert list(ours.non_aggregate_keys) == config.get("non_aggregate_keys", [])
        assert list(ours.result_keys) == ([keys] if isinstance(keys, str) else keys)


@EVERY_SERVICE
def test_waiters(service: str) -> None:
    known = service in LOADER.list_available_services("waiters-2")
    theirs = LOADER.load_service_model(service, "waiters-2")["waiters"] if known else {}
    theirs = {name: config for name, config in theirs.items() if config["operation"] in OPERATIONS[service]}
    waiters = SERVICES[service].waiters
    theirs = {name: config for name, config in theirs.items() if name != NEVER_SHOWN["waiters"]}
    assert set(waiters) == {botocore.xform_name(name) for name in theirs}
    for name, config in theirs.items():
        ours = waiters[botocore.xform_name(name)]
        assert ours.operation == botocore.xform_name(config["operation"])
        assert (ours.delay, ours.max_attempts) == (config["delay"], config["maxAttempts"])
        assert [acceptor.state for acceptor in ours.acceptors] == [
            acceptor["state"] for acceptor in config["acceptors"]
        ]


@EVERY_SERVICE
def test_the_names_of_the_service(service: str) -> None:
    ours, theirs = SERVICES[service], MODELS[service]
    assert (ours.name, ours.service_id, ours.api_version) == (service, theirs.service_id, theirs.api_version)
    json_version = theirs.metadata.get("jsonVersion")
    by_protocol = {"rest-json": "application/json", "rest-xml": "application/xml"}
    otherwise = by_protocol.get(theirs.metadata["protocol"], "text/xml")
    assert ours.content_type == (f"application/x-amz-json-{json_version}" if json_version else otherwise)
