"""Parity with botocore's model of Kinesis: operations, parameters, answers, errors, paginators, waiters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from minicloud._spec import Shape, operations_of
from minicloud.exceptions import AwsError
from minicloud.kinesis import messages
from minicloud.kinesis.api import Kinesis
from minicloud.kinesis.service import SERVICE

SESSION = botocore.session.get_session()
MODEL = SESSION.get_service_model("kinesis")
LOADER = SESSION.get_component("data_loader")
OPERATIONS = {operation.name: operation for operation in operations_of(Kinesis).values()}


def same_shape(ours: Shape, theirs: Any, path: str) -> None:
    assert ours.kind == theirs.type_name, path
    if ours.kind == "structure":
        assert list(ours.members) == list(theirs.members), path
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


def test_all_39_operations_and_no_other() -> None:
    assert set(OPERATIONS) == set(MODEL.operation_names)
    assert len(OPERATIONS) == 39


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_parameters(name: str) -> None:
    ours, theirs = OPERATIONS[name], MODEL.operation_model(name)
    assert ours.method_name == botocore.xform_name(name)
    same_shape(ours.input, theirs.input_shape, name)


def same_answer(annotation: Any, theirs: Any, path: str) -> None:
    """An annotation of an answer describes the model's shape."""
    kind = None
    while get_origin(annotation) in (Annotated, Required, NotRequired):
        annotation, *notes = get_args(annotation)
        kind = next((note for note in notes if isinstance(note, str)), kind)
    if is_typeddict(annotation):
        assert theirs.type_name == "structure", path
        hints = get_type_hints(annotation, include_extras=True)
        assert list(hints) == list(theirs.members), path
        assert annotation.__required_keys__ == set(theirs.required_members), path
        for member, hint in hints.items():
            same_answer(hint, theirs.members[member], f"{path}.{member}")
    elif get_origin(annotation) is Iterable:
        # An event stream: iterating it gives the structure of its members.
        assert theirs.serialization["eventstream"], path
        same_answer(get_args(annotation)[0], theirs, f"{path}[]")
    elif get_origin(annotation) is not None:
        assert theirs.type_name == "list", path
        same_answer(get_args(annotation)[0], theirs.member, f"{path}[]")
    else:
        kinds = {str: ["string"], bool: ["boolean"], int: ["integer", "long"], bytes: ["blob"], datetime: ["timestamp"]}
        assert theirs.type_name in kinds[annotation], path
        assert kind in (None, theirs.type_name), path


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_answers(name: str) -> None:
    theirs = MODEL.operation_model(name).output_shape
    if theirs is None:
        assert OPERATIONS[name].result is NoneType
    else:
        same_answer(OPERATIONS[name].result, theirs, name)


def test_the_modelled_exceptions() -> None:
    assert list(SERVICE.exceptions) == sorted(shape.name for shape in MODEL.error_shapes)


def test_every_error_is_modelled_where_it_can_come_from() -> None:
    texts = [text for text in vars(messages).values() if isinstance(text, messages.Text)]
    assert len(texts) > 40
    assert {text.code for text in texts} <= set(SERVICE.exceptions)


def test_paginators() -> None:
    theirs = LOADER.load_service_model("kinesis", "paginators-1")["pagination"]
    assert set(SERVICE.paginators) == {botocore.xform_name(name) for name in theirs}
    for name, config in theirs.items():
        ours = SERVICE.paginators[botocore.xform_name(name)]
        keys = config["result_key"]
        assert ours.input_token == config["input_token"]
        assert ours.output_token == config["output_token"]
        assert ours.limit_key == config["limit_key"]
        assert ours.more_results == config.get("more_results")
        assert list(ours.result_keys) == ([keys] if isinstance(keys, str) else keys)


def test_waiters() -> None:
    theirs = LOADER.load_service_model("kinesis", "waiters-2")["waiters"]
    assert set(SERVICE.waiters) == {botocore.xform_name(name) for name in theirs}
    for name, config in theirs.items():
        ours = SERVICE.waiters[botocore.xform_name(name)]
        assert ours.operation == botocore.xform_name(config["operation"])
        assert (ours.delay, ours.max_attempts) == (config["delay"], config["maxAttempts"])
        assert [acceptor.state for acceptor in ours.acceptors] == [
            acceptor["state"] for acceptor in config["acceptors"]
        ]


def test_the_names_of_the_service() -> None:
    assert SERVICE.service_id == MODEL.service_id
    assert SERVICE.api_version == MODEL.api_version
    assert SERVICE.content_type == f"application/x-amz-json-{MODEL.metadata['jsonVersion']}"


# --- errors as boto3 shows them -------------------------------------------------------------------------------------


class Canned:
    """An answer that a real client is given in place of the network's."""

    status = 400
    document = b""

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, self.status, {}, self)

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.document


@pytest.fixture(scope="module")
def canned() -> Any:
    session = botocore.session.get_session()
    session.set_credentials("key", "secret")
    config = Config(retries={"total_max_attempts": 1})
    client = session.create_client("kinesis", region_name="us-east-1", config=config)
    answer = Canned()
    client.meta.events.register("before-send.kinesis", answer)

    def ask(status: int, document: str) -> Any:
        answer.status, answer.document = status, document.encode()
        with pytest.raises(client.exceptions.ClientError) as caught:
            client.describe_stream(StreamName="x")
        return caught.value

    return ask


MODELLED = [AwsError(name, "text", shape=name) for name in SERVICE.exceptions if name != "InternalFailureException"]


@pytest.mark.parametrize("error", MODELLED, ids=lambda error: error.code)
def test_modelled_errors(canned: Any, error: AwsError) -> None:
    theirs = canned(400, f'{{"__type":"{error.code}","message":"text"}}')
    shown = {name: member for name, member in theirs.response.items() if name != "ResponseMetadata"}
    assert SERVICE.error_response(error) == shown
    assert type(theirs).__name__ == error.shape


def test_the_internal_failure(canned: Any) -> None:
    error = messages.internal_failure()
    theirs = canned(500, '{"__type":"InternalFailure"}')
    assert SERVICE.error_response(error) == {"Error": theirs.response["Error"]}
    assert type(theirs).__name__ == "ClientError"
    assert error.status == 500
    assert error.shape is None


def test_a_serialization_error(canned: Any) -> None:
    error = AwsError("SerializationException", "text", shape="SerializationException")
    theirs = canned(400, '{"__type":"SerializationException","Message":"text"}')
    assert SERVICE.error_response(error) == {"Error": theirs.response["Error"]}
