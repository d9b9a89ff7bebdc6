"""What botocore's own model says of an operation, as far as it matters to the fast path. Looked up once a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from ..core.operation import Operation
from .param_checks import TakeFullPipeline
from .raw_bodies import streaming_body
from .timestamps import converter_of

__all__ = ["OperationModel", "operation_model_of"]


class OperationModel:
    """What botocore knows of one operation.

    Older releases of botocore do not know all that minicloud takes and answers. They refuse parameters, and leave out
    members of answers; where it comes to that, the full pipeline does what it does.
    """

    __slots__ = ("_payload", "convert", "knows_less", "unknown")

    def __init__(self, operation: Operation[..., Any], model: Any, protocol: str) -> None:
        self.convert: Callable[[dict[str, Any]], None] | None = converter_of(model.output_shape, protocol)
        """Turns the timestamps of an answer into botocore's; None where there are none."""
        self._payload = operation.http.payload
        hints = get_type_hints(operation.handler, include_extras=True)
        known = {} if model.input_shape is None else model.input_shape.members
        self.unknown = frozenset(name for name in operation.input.members if name not in known)
        """The parameters that this release of botocore refuses."""
        self.knows_less = any(
            _has_more(hints[name], known[name]) for name in operation.input.members if name in known
        ) or _answers_more(operation.result, model.output_shape)
        """Whether it does not know all that is inside of other parameters and in the answer."""

    def _with_payload(
        self, convert: Callable[[dict[str, Any]], None] | None, is_async: bool
    ) -> Callable[[dict[str, Any]], None]:
        """What also makes the answer's stream of bytes one of botocore's."""
        name = self._payload

        def convert_all(answer: dict[str, Any]) -> None:
            if convert is not None:
                convert(answer)
            answer[name] = streaming_body(answer[name].content, is_async=is_async)
            if "ChecksumType" in answer:
                _note_checksum(answer)

        return convert_all

    def method(self, native: Callable[..., Any], is_async: bool) -> Callable[..., Any]:
        """A native client's method, its timestamps as botocore has them."""
        convert, unknown = self.convert, self.unknown
        if self._payload:
            convert = self._with_payload(convert, is_async)
        if convert is None and not unknown:
            return native

        def check(params: dict[str, Any]) -> None:
            if not unknown.isdisjoint(params):
                raise TakeFullPipeline

        if is_async:

            async def call_async(**params: Any) -> Any:
                check(params)
                answer = await native(**params)
                if convert is not None:
                    convert(answer)
                return answer

            return call_async

        def call(**params: Any) -> Any:
            check(params)
            answer = native(**params)
            if convert is not None:
                convert(answer)
            return answer

        return call


def _note_checksum(answer: dict[str, Any]) -> None:
    """Say by which checksum the bytes of an object of S3 are held to be whole, as botocore does that holds them so."""
    found = next((name for name in _HELD_TO if f"Checksum{name.upper()}" in answer), None)
    if found is not None and answer["ChecksumType"] == "FULL_OBJECT":
        metadata = answer["ResponseMetadata"]
        retries = metadata.pop("RetryAttempts")
        metadata["ChecksumAlgorithm"] = found
        metadata["RetryAttempts"] = retries


_HELD_TO = ("crc32", "sha256", "sha1")
"""The checksums that botocore can make by itself."""

_operation_models: dict[tuple[str, str], OperationModel] = {}


def operation_model_of(operation: Operation[..., Any], service_model: Any, protocol: str) -> OperationModel:
    """What botocore's model says of an operation."""
    key = service_model.service_name, operation.name
    found = _operation_models.get(key)
    if found is None:
        model = service_model.operation_model(operation.name)
        found = _operation_models[key] = OperationModel(operation, model, protocol)
    return found


def _answers_more(answer: Any, shape: Any) -> bool:
    if answer is type(None):
        return False
    return shape is None or _has_more(answer, shape)


def _has_more(annotation: Any, shape: Any) -> bool:
    """Whether an annotation has members that a shape of botocore's has not."""
    if is_typeddict(annotation):
        hints = get_type_hints(annotation)
        known = getattr(shape, "members", {})
        return any(name not in known or _has_more(hint, known[name]) for name, hint in hints.items())
    origin, parts = get_origin(annotation), get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        # A policy document of IAM's is a text in the model.
        return hasattr(shape, "value") and _has_more(parts[1], shape.value)
    if isinstance(origin, type) and issubclass(origin, Iterable):
        # A stream of events is none of the fast path's.
        return hasattr(shape, "member") and _has_more(parts[0], shape.member)
    # A note on a type, or a choice of types.
    return any(_has_more(part, shape) for part in parts)
