"""Parity with botocore's model of SNS: operations, parameters, answers, errors, paginators."""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from minicloud._spec import operations_of
from minicloud.exceptions import AwsError
from minicloud.sns.api import Sns
from minicloud.sns.errors import EXCEPTIONS, aws_error
from minicloud.sns.service import SERVICE

SESSION = botocore.session.get_session()
MODEL = SESSION.get_service_model("sns")
OPERATIONS = {operation.name: operation for operation in operations_of(Sns).values()}


def same_shape(ours, theirs, path):
    assert ours.kind == theirs.type_name, path
    if ours.kind == "structure":
        assert list(ours.members) == list(theirs.members), path
        assert set(ours.required) == set(theirs.required_members), path
        for name, member in ours.members.items():
            same_shape(member, theirs.members[name], f"{path}.{name}")
    elif ours.kind == "list":
        same_shape(ours.member, theirs.member, f"{path}[]")
    elif ours.kind == "map":
        same_shape(ours.member, theirs.value, f"{path}{{}}")
    else:
        assert (ours.minimum or 0) == (theirs.metadata.get("min") or 0), path


def test_every_operation_is_there_and_no_other():
    assert set(OPERATIONS) == set(MODEL.operation_names)


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_parameters(name):
    ours, theirs = OPERATIONS[name], MODEL.operation_model(name)
    assert ours.method_name == botocore.xform_name(name)
    assert list(ours.input.members) == list(theirs.input_shape.members)
    same_shape(ours.input, theirs.input_shape, name)


def same_answer(annotation: Any, theirs: Any, path: str) -> None:
    while get_origin(annotation) in (Annotated, Required, NotRequired):
        annotation = get_args(annotation)[0]
    if is_typeddict(annotation):
        hints = get_type_hints(annotation, include_extras=True)
        assert theirs.type_name == "structure", path
        assert list(hints) == list(theirs.members), path
        for member, hint in hints.items():
            same_answer(hint, theirs.members[member], f"{path}.{member}")
    elif get_origin(annotation) is list:
        assert theirs.type_name == "list", path
        same_answer(get_args(annotation)[0], theirs.member, f"{path}[]")
    elif get_origin(annotation) is dict:
        assert theirs.type_name == "map", path
    else:
        names = {"string": "str", "boolean": "bool", "integer": "int", "timestamp": "datetime"}
        assert annotation.__name__ == names[theirs.type_name], path


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_answers(name):
    theirs = MODEL.operation_model(name).output_shape
    ours = OPERATIONS[name].result
    if theirs is None:
        assert ours is NoneType
    else:
        same_answer(ours, theirs, name)


def test_the_modelled_exceptions():
    theirs = {
        shape.metadata.get("error", {}).get("code", shape.name): (
            shape.name,
            shape.metadata.get("error", {}).get("httpStatusCode", 400),
        )
        for shape in MODEL.error_shapes
    }
    assert theirs == EXCEPTIONS
    assert set(SERVICE.exceptions) == {name for name, _ in theirs.values()}


def test_paginators():
    theirs = SESSION.get_component("data_loader").load_service_model("sns", "paginators-1")["pagination"]
    assert {botocore.xform_name(name) for name in theirs} == set(SERVICE.paginators)
    for name, config in theirs.items():
        ours = SERVICE.paginators[botocore.xform_name(name)]
        assert ours.input_token == config["input_token"]
        assert ours.output_token == config["output_token"]
        assert ours.limit_key == config.get("limit_key")
        assert list(ours.result_keys) == [config["result_key"]]


def test_the_names_of_the_service():
    assert SERVICE.service_id == MODEL.service_id
    assert SERVICE.api_version == MODEL.api_version


ERRORS = [
    aws_error(code, "text", **({"Message": "text", "Status": "Pending"} if code == "VerificationException" else {}))
    for code in EXCEPTIONS
]
ERRORS.append(AwsError("ValidationError", "text"))


class Canned:
    """An answer that a real client is given in place of the network's."""

    document = b""

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 400, {}, self)

    def stream(self, *args: Any, **options: Any) -> Any:
        yield self.document


@pytest.fixture(scope="module")
def canned():
    session = botocore.session.get_session()
    session.set_credentials("key", "secret")
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    client = session.create_client("sns", region_name="us-east-1", config=config)
    answer = Canned()
    client.meta.events.register("before-send.sns", answer)

    def ask(document):
        answer.document = document.encode()
        with pytest.raises(client.exceptions.ClientError) as caught:
            client.publish(TopicArn="x", Message="x")
        return caught.value

    return ask


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_errors_look_as_boto3_shows_them(canned, error):
    status = "<Status>Pending</Status>" if error.shape == "VerificationException" else ""
    theirs = canned(
        f"<ErrorResponse xmlns='http://sns.amazonaws.com/doc/2010-03-31/'><Error><Type>{error.fault}</Type>"
        f"<Code>{error.code}</Code><Message>{error.message}</Message>{status}</Error>"
        "<RequestId>id</RequestId></ErrorResponse>"
    )
    shown = {name: member for name, member in theirs.response.items() if name != "ResponseMetadata"}
    assert SERVICE.error_response(error) == shown
    assert type(theirs).__name__ == (error.shape or "ClientError")
