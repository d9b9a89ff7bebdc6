"""What is said of wrong parameters: botocore's report, word for word, for every operation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from minicloud.core.operation import operations_of
from minicloud.exceptions import AwsError, ParamValidationError
from minicloud.services.registry import SERVICE_NAMES, load_service

pytestmark = [pytest.mark.needs("botocore"), pytest.mark.known_release]

SESSION = botocore.session.get_session()
MODELS = {name: SESSION.get_service_model(name) for name in SERVICE_NAMES}
OPERATIONS = [
    (operation, MODELS[service].operation_model(operation.name))
    for service in MODELS
    for operation in operations_of(load_service(service).api).values()
    if operation.name in MODELS[service].operation_names
]
VALIDATOR = ParamValidator()

texts = st.text(max_size=3)
junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(-1e9, 1e9),  # beyond, botocore stumbles over a date
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
    elif kind in ("integer", "long"):
        right = st.integers(-3, 3)
    elif kind == "boolean":
        right = st.booleans()
    elif kind == "timestamp":
        right = st.sampled_from([datetime(2026, 1, 1, tzinfo=UTC), 1, 1.5, "2026-01-01", "1"])
    elif kind == "blob":
        right = st.binary(max_size=3) | st.builds(bytearray) | texts
    else:
        right = texts
    return st.one_of(right, right, junk)


def inputs_of(shape: Any) -> st.SearchStrategy[dict[str, Any]]:
    members = {member: values_of(inner) for member, inner in shape.members.items()}
    return st.fixed_dictionaries({}, optional={**members, "Nonsense": junk})


@given(st.data())
def test_reports_of_wrong_parameters(data: st.DataObject) -> None:
    operation, model = data.draw(st.sampled_from(OPERATIONS))
    params = data.draw(inputs_of(model.input_shape))
    # What botocore looks at before it validates (a bucket's name) is not its validation's.
    for name, _ in operation._client_side:
        params.pop(name, None)
    theirs = VALIDATOR.validate(params, model.input_shape)
    ours = ""
    try:
        operation.validate(params)
    except ParamValidationError as error:
        ours = error.kwargs["report"]
    except AwsError as error:
        # botocore lets a boolean pass for a number; the wire does not.
        ours = "" if error.shape == "SerializationException" else str(error)
    assert ours == theirs.generate_report()
