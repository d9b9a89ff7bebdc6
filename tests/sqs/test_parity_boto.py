"""Parity with botocore's model of SQS: operations, parameters, answers, errors, paginators, and reports of mistakes."""

from __future__ import annotations

import json
from types import NoneType
from typing import Annotated, Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from minicloud._spec import Shape, operations_of
from minicloud.exceptions import AwsError, ParamValidationError
from minicloud.sqs.api import Sqs
from minicloud.sqs.messages import CODES
from minicloud.sqs.service import SERVICE

SESSION = botocore.session.get_session()
MODEL = SESSION.get_service_model("sqs")
LOADER = SESSION.get_component("data_loader")
OPERATIONS = {operation.name: operation for operation in operations_of(Sqs).values()}

# --- the shape of calls and answers --------------------------------------------------------------------------------


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


def test_all_23_operations_and_no_other() -> None:
    assert set(OPERATIONS) == set(MODEL.operation_names)
    assert len(OPERATIONS) == 23


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_parameters(name: str) -> None:
    ours, theirs = OPERATIONS[name], MODEL.operation_model(name)
    assert ours.method_name == botocore.xform_name(name)
    same_shape(ours.input, theirs.input_shape, name)


KINDS = {str: ["string"], bool: ["boolean"], int: ["integer", "long"], bytes: ["blob"]}

ALWAYS_THERE = {
    "SendMessageResult": {"MD5OfMessageBody", "MessageId"},
    "Message": {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"},
}
"""Members that the model leaves open and AWS always answers: ours may promise more than the model, never less."""


def same_answer(annotation: Any, theirs: Any, path: str) -> None:
    """An annotation of an answer describes the model's shape."""
    blob = False
    while get_origin(annotation) in (Annotated, Required, NotRequired):
        annotation, *notes = get_args(annotation)
        blob = blob or "blob" in notes
    if blob:
        assert theirs.type_name == "blob", path
    elif is_typeddict(annotation):
        assert theirs.type_name == "structure", path
        hints = get_type_hints(annotation, include_extras=True)
        assert list(hints) == list(theirs.members), path
        collections = {name for name, member in theirs.members.items() if member.type_name in ("list", "map")}
        # Collections that are empty are left out, whatever the model says.
        assert annotation.__required_keys__ >= set(theirs.required_members) - collections, path
        assert annotation.__required_keys__ >= ALWAYS_THERE.get(annotation.__name__, set()), path
        for member, hint in hints.items():
            same_answer(hint, theirs.members[member], f"{path}.{member}")
    elif len(get_args(annotation)) == 2:
        assert theirs.type_name == "map", path
        same_answer(get_args(annotation)[1], theirs.value, f"{path}{{}}")
    elif get_origin(annotation) is not None:
        assert theirs.type_name == "list", path
        same_answer(get_args(annotation)[0], theirs.member, f"{path}[]")
    else:
        assert theirs.type_name in KINDS[annotation], path


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_answers(name: str) -> None:
    theirs = MODEL.operation_model(name).output_shape
    if theirs is None:
        assert OPERATIONS[name].result is NoneType
    else:
        same_answer(OPERATIONS[name].result, theirs, name)


def test_paginators() -> None:
    theirs = LOADER.load_service_model("sqs", "paginators-1")["pagination"]
    assert set(SERVICE.paginators) == {botocore.xform_name(name) for name in theirs}
    for name, config in theirs.items():
        ours = SERVICE.paginators[botocore.xform_name(name)]
        assert ours.input_token == config["input_token"]
        assert ours.output_token == config["output_token"]
        assert ours.limit_key == config["limit_key"]
        assert ours.more_results == config.get("more_results")
        assert list(ours.result_keys) == [config["result_key"]]


def test_there_are_no_waiters() -> None:
    assert not SERVICE.waiters
    assert "sqs" not in LOADER.list_available_services("waiters-2")


def test_the_names_of_the_service() -> None:
    assert SERVICE.service_id == MODEL.service_id
    assert SERVICE.api_version == MODEL.api_version
    assert SERVICE.content_type == f"application/x-amz-json-{MODEL.metadata['jsonVersion']}"


# --- errors as boto3 shows them -------------------------------------------------------------------------------------


def test_the_modelled_exceptions() -> None:
    assert list(SERVICE.exceptions) == sorted(shape.name for shape in MODEL.error_shapes)


def test_codes_and_statuses_are_those_of_the_model() -> None:
    for shape in MODEL.error_shapes:
        code, _ = CODES[shape.name]
        old = shape.metadata.get("error", {})
        assert code == old.get("code", code), shape.name


class Canned:
    """An answer that a real client is given in place of the network's."""

    def __init__(self) -> None:
        self.status = 400
        self.headers: dict[str, str] = {}
        self.document = b""

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, self.status, self.headers, self)

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.document


@pytest.fixture(scope="module")
def canned() -> Any:
    session = botocore.session.get_session()
    session.set_credentials("key", "secret")
    client = session.create_client("sqs", "us-east-1", config=Config(retries={"total_max_attempts": 1}))
    answer = Canned()
    client.meta.events.register("before-send.sqs", answer)

    def ask(error: AwsError) -> Any:
        answer.status, answer.headers = error.status, SERVICE.error_headers(error)
        answer.document = json.dumps({"__type": f"com.amazonaws.sqs#{error.shape}", "message": error.message}).encode()
        with pytest.raises(client.exceptions.ClientError) as caught:
            client.get_queue_url(QueueName="x")
        return caught.value

    return ask


@pytest.mark.parametrize("shape", [name for name in CODES if name != "EmptyValue"])
def test_errors(canned: Any, shape: str) -> None:
    code, status = CODES[shape]
    error = AwsError(code, "text", status, shape=shape)
    theirs = canned(error)
    shown = {name: member for name, member in theirs.response.items() if name != "ResponseMetadata"}
    assert SERVICE.error_response(error) == shown
    assert type(theirs).__name__ == (shape if shape in SERVICE.exceptions else "ClientError")
    assert theirs.response["Error"]["Code"] == code


# --- what is said of wrong parameters -------------------------------------------------------------------------------

texts = st.text(max_size=3)
junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False),
    texts,
    st.binary(max_size=3),
    st.lists(texts, max_size=2),
    st.dictionaries(texts | st.integers(0, 3), texts, max_size=2),
    st.tuples(texts),
)


def values_of(shape: Any) -> st.SearchStrategy[Any]:
    """Right values of a shape of the model, with wrong ones among them at every level."""
    kind = shape.type_name
    if kind == "structure":
        members = {name: values_of(member) for name, member in shape.members.items()}
        known = st.fixed_dictionaries({}, optional=members)
        unknown = st.dictionaries(st.sampled_from(["Nonsense", "Foo"]), junk, max_size=1)
        right: st.SearchStrategy[Any] = st.tuples(known, unknown).map(lambda both: {**both[0], **both[1]})
    elif kind == "list":
        right = st.lists(values_of(shape.member), max_size=2) | st.tuples(values_of(shape.member))
    elif kind == "map":
        right = st.dictionaries(texts | st.integers(0, 3) | st.none(), values_of(shape.value), max_size=2)
    elif kind == "integer":
        right = st.integers(-3, 3)
    elif kind == "boolean":
        right = st.booleans()
    elif kind == "blob":
        right = st.binary(max_size=3) | st.builds(bytearray) | texts
    else:
        right = texts
    return st.one_of(right, right, junk)


def inputs_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    shape = MODEL.operation_model(name).input_shape
    members = {member: values_of(inner) for member, inner in shape.members.items()}
    return st.fixed_dictionaries({}, optional={**members, "Nonsense": junk})


VALIDATOR = ParamValidator()


@given(st.data())
def test_reports_of_wrong_parameters(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(MODEL.operation_names))
    params = data.draw(inputs_of(name))
    theirs = VALIDATOR.validate(params, MODEL.operation_model(name).input_shape)
    ours = ""
    try:
        OPERATIONS[name].judge(params)
    except ParamValidationError as error:
        ours = error.kwargs["report"]
    except AwsError as error:
        # botocore lets a boolean pass for a number; the wire does not.
        ours = "" if error.shape == "SerializationException" else str(error)
    assert ours == theirs.generate_report()
