"""The operations on what belongs to a function beside its code: concurrency, asynchronous events, loops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ....core.operation import Http, operation
from ....core.timestamps import datetime_to_the_millisecond
from ....core.unset import UNSET
from ....exceptions import UsageError
from .. import constraints, errors, shapes
from ..constraints import check
from ..function import LATEST, Function, InvokeConfig
from ..paging import page_of
from ..state import LambdaState

__all__ = ["ConfigOperations"]

_LEAST_UNRESERVED: Final = 100
"""What all other functions together have to keep. [Lambda developer guide: reserved concurrency]"""
_DESTINATIONS: Final = ("sqs", "sns", "lambda")
_OTHER_DESTINATIONS: Final = {"events": "event buses", "s3": "buckets"}
"""Those of AWS that no records go to here."""


class ConfigOperations(LambdaState):
    """Reserved concurrency, settings of asynchronous events, and what is done about loops."""

    @operation("PutFunctionConcurrency")
    def put_function_concurrency(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        ReservedConcurrentExecutions: shapes.ReservedConcurrentExecutions,
    ) -> shapes.ConcurrencyAnswer:
        """Reserve a number of runs for a function, which has no more then; 0 lets none begin. O(functions).

        Raises ``InvalidParameterValueException`` when fewer than 100 would be left to the others.
        """
        given = {"FunctionName": FunctionName, "ReservedConcurrentExecutions": ReservedConcurrentExecutions}
        check(given, constraints.CONCURRENCY)
        function = self._unqualified(FunctionName, "PutFunctionConcurrency")
        others = self.reserved_concurrency() - (function.reserved_concurrency or 0)
        if self.world.limits.lambda_concurrency - others - ReservedConcurrentExecutions < _LEAST_UNRESERVED:
            raise errors.unreserved_too_few(_LEAST_UNRESERVED)
        function.reserved_concurrency = ReservedConcurrentExecutions
        self.functions_changed(now)
        return {"ReservedConcurrentExecutions": ReservedConcurrentExecutions}

    @operation("GetFunctionConcurrency")
    def get_function_concurrency(
        self, now: int, *, FunctionName: shapes.FunctionName
    ) -> shapes.GetFunctionConcurrencyResponse:
        """How many runs are reserved for a function; nothing when none are. O(1)."""
        check({"FunctionName": FunctionName}, constraints.CONCURRENCY)
        reserved = self._unqualified(FunctionName, "GetFunctionConcurrency").reserved_concurrency
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    @operation("DeleteFunctionConcurrency", http=Http(status=204))
    def delete_function_concurrency(self, now: int, *, FunctionName: shapes.FunctionName) -> None:
        """Reserve nothing for a function any more. O(mappings)."""
        check({"FunctionName": FunctionName}, constraints.CONCURRENCY)
        self._unqualified(FunctionName, "DeleteFunctionConcurrency").reserved_concurrency = None
        self.functions_changed(now)

    # --- asynchronous events ----------------------------------------------------------------------------------------

    @operation("PutFunctionEventInvokeConfig")
    def put_function_event_invoke_config(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
        MaximumRetryAttempts: shapes.MaximumRetryAttempts = UNSET,
        MaximumEventAgeInSeconds: shapes.MaximumEventAgeInSeconds = UNSET,
        DestinationConfig: shapes.DestinationConfig = UNSET,
    ) -> shapes.FunctionEventInvokeConfigAnswer:
        """Say how asynchronous events are handled; what is not given is as if it had never been set. O(1).

        Raises ``ResourceNotFoundException`` when there is no such function, and ``InvalidParameterValueException`` when
        nothing is given, or a destination that cannot be one. Raises ``UsageError`` for buckets and event buses.
        """
        given = _given(locals())
        check(given, constraints.INVOKE_CONFIG)
        _check_something_is_given(given)
        function, qualifier = self._configured(FunctionName, Qualifier, "PutFunctionEventInvokeConfig")
        return self._set_invoke_config(now, given, function, qualifier, InvokeConfig(now))

    @operation("UpdateFunctionEventInvokeConfig")
    def update_function_event_invoke_config(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
        MaximumRetryAttempts: shapes.MaximumRetryAttempts = UNSET,
        MaximumEventAgeInSeconds: shapes.MaximumEventAgeInSeconds = UNSET,
        DestinationConfig: shapes.DestinationConfig = UNSET,
    ) -> shapes.FunctionEventInvokeConfigAnswer:
        """The same, and what is not given stays. O(1). Raises ``ResourceNotFoundException`` when nothing was set."""
        given = _given(locals())
        check(given, constraints.INVOKE_CONFIG)
        _check_something_is_given(given)
        function, qualifier = self._configured(FunctionName, Qualifier, "UpdateFunctionEventInvokeConfig")
        return self._set_invoke_config(now, given, function, qualifier, _config_of(function, qualifier))

    @operation("GetFunctionEventInvokeConfig")
    def get_function_event_invoke_config(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
    ) -> shapes.FunctionEventInvokeConfigAnswer:
        """How asynchronous events are handled. O(1). Raises ``ResourceNotFoundException`` when nothing was set."""
        check({"FunctionName": FunctionName, "Qualifier": Qualifier}, constraints.NAME_AND_QUALIFIER)
        function, qualifier = self._configured(FunctionName, Qualifier, "GetFunctionEventInvokeConfig")
        answer: Any = _describe(function, qualifier, _config_of(function, qualifier))
        return answer  # type: ignore[no-any-return]

    @operation("ListFunctionEventInvokeConfigs")
    def list_function_event_invoke_configs(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Marker: str = UNSET,
        MaxItems: shapes.MaxFunctionEventInvokeConfigListItems = UNSET,
    ) -> shapes.ListFunctionEventInvokeConfigsResponse:
        """These settings of a function, of its versions and aliases, 50 at a time. O(settings)."""
        check({"FunctionName": FunctionName, "MaxItems": MaxItems}, constraints.INVOKE_CONFIGS)
        function, _ = self._configured(FunctionName, UNSET, "ListFunctionEventInvokeConfigs")
        found = sorted(function.invoke_configs.items())
        kind = f"configs {function.name}"
        page, marker = page_of(self.page_tokens, now, kind, found, Marker, MaxItems)
        answer: shapes.ListFunctionEventInvokeConfigsResponse = {
            "FunctionEventInvokeConfigs": [_describe(function, qualifier, config) for qualifier, config in page]
        }
        if marker is not None:
            answer["NextMarker"] = marker
        return answer

    @operation("DeleteFunctionEventInvokeConfig", http=Http(status=204))
    def delete_function_event_invoke_config(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
    ) -> None:
        """Handle asynchronous events as by default. O(1). Raises ``ResourceNotFoundException`` when nothing was set."""
        check({"FunctionName": FunctionName, "Qualifier": Qualifier}, constraints.NAME_AND_QUALIFIER)
        function, qualifier = self._configured(FunctionName, Qualifier, "DeleteFunctionEventInvokeConfig")
        _config_of(function, qualifier)
        del function.invoke_configs[qualifier]

    # --- loops ------------------------------------------------------------------------------------------------------

    @operation("PutFunctionRecursionConfig")
    def put_function_recursion_config(
        self, now: int, *, FunctionName: shapes.UnqualifiedFunctionName, RecursiveLoop: str
    ) -> shapes.PutFunctionRecursionConfigResponse:
        """Say whether AWS is to end a loop that it detects. Stored, without effect. O(1)."""
        check({"FunctionName": FunctionName, "RecursiveLoop": RecursiveLoop}, constraints.RECURSION)
        self._unqualified(FunctionName, "PutFunctionRecursionConfig").recursive_loop = RecursiveLoop
        return {"RecursiveLoop": RecursiveLoop}

    @operation("GetFunctionRecursionConfig")
    def get_function_recursion_config(
        self, now: int, *, FunctionName: shapes.UnqualifiedFunctionName
    ) -> shapes.GetFunctionRecursionConfigResponse:
        """Whether AWS is to end a loop that it detects. O(1)."""
        check({"FunctionName": FunctionName}, constraints.RECURSION)
        return {"RecursiveLoop": self._unqualified(FunctionName, "GetFunctionRecursionConfig").recursive_loop}

    # --- what they share --------------------------------------------------------------------------------------------

    def _unqualified(self, FunctionName: str, action: str) -> Function:
        """The function of that name. Raises ``InvalidParameterValueException`` for a version or an alias."""
        function, qualifier = self.function_and_qualifier(FunctionName, action=action)
        if qualifier is not None:
            raise errors.only_for_functions()
        return function

    def _configured(self, FunctionName: str, Qualifier: str, action: str) -> tuple[Function, str]:
        """The function and the qualifier that settings of asynchronous events are of. Raises by texts of their own."""
        parts = self.parts_of(FunctionName, action)
        if parts.qualifier and Qualifier and parts.qualifier != Qualifier:
            raise errors.qualifiers_differ()
        qualifier = parts.qualifier or Qualifier or LATEST
        found = self.find(parts.name, qualifier)
        if found is None:
            raise errors.config_of_nothing()
        return found.function, qualifier

    def _set_invoke_config(
        self, now: int, given: Mapping[str, Any], function: Function, qualifier: str, before: InvokeConfig
    ) -> shapes.FunctionEventInvokeConfigAnswer:
        destinations = {"OnSuccess": before.on_success, "OnFailure": before.on_failure}
        wanted = {when: one.get("Destination") or None for when, one in (given["DestinationConfig"] or {}).items()}
        for when, arn in wanted.items():
            destinations[when] = self._checked(arn, function, wanted)
        retries, age = given["MaximumRetryAttempts"], given["MaximumEventAgeInSeconds"]
        config = InvokeConfig(
            now,
            before.maximum_retries if retries is UNSET else retries,
            before.maximum_age if age is UNSET else age,
            destinations["OnSuccess"],
            destinations["OnFailure"],
        )
        function.invoke_configs[qualifier] = config
        answer: Any = _describe(function, qualifier, config)
        return answer  # type: ignore[no-any-return]

    def _checked(self, destination: str | None, function: Function, wanted: Mapping[str, str | None]) -> str | None:
        """A destination that can be one. A function has to be there; queues and topics need not, but be standard ones.

        Raises ``InvalidParameterValueException``, and ``UsageError`` for what is not here. [Lambda developer guide:
        destinations; the text for FIFO: inferred]
        """
        if destination is None:
            return None
        parts = destination.split(":")
        if len(parts) >= 6 and parts[2] in _OTHER_DESTINATIONS:
            raise UsageError(
                f"minicloud writes no records of events to {_OTHER_DESTINATIONS[parts[2]]}: give a queue, a topic or a "
                "function as the destination"
            )
        if len(parts) < 6 or parts[2] not in _DESTINATIONS:
            shown = [
                f"{when}(destination={wanted[when]})" if wanted.get(when) else "null"
                for when in ("OnSuccess", "OnFailure")
            ]
            raise errors.destinations_invalid(*shown)
        if ":".join(parts[:7]) == function.arn:
            raise errors.destination_is_itself()
        is_of_here = (self.region_name, self.account_id) == (parts[3], parts[4])
        if destination.endswith(".fifo") or (parts[2] == "lambda" and is_of_here and self.find(destination) is None):
            raise errors.destination_invalid(destination)
        return destination


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a call, of all that is local in it."""
    return {name: value for name, value in parameters.items() if name[0].isupper()}


def _check_something_is_given(given: Mapping[str, Any]) -> None:
    names = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
    if not [name for name in names if given[name] is not UNSET]:
        raise errors.config_empty()


def _config_of(function: Function, qualifier: str) -> InvokeConfig:
    """The settings of asynchronous events. Raises ``ResourceNotFoundException`` when there are none."""
    config = function.invoke_configs.get(qualifier)
    if config is None:
        raise errors.config_missing(f"{function.arn}:{qualifier}")
    return config


def _describe(function: Function, qualifier: str, config: InvokeConfig) -> shapes.FunctionEventInvokeConfig:
    answer: Any = {
        "LastModified": datetime_to_the_millisecond(config.last_modified),
        "FunctionArn": f"{function.arn}:{qualifier}",
    }
    if config.maximum_retries is not None:
        answer["MaximumRetryAttempts"] = config.maximum_retries
    if config.maximum_age is not None:
        answer["MaximumEventAgeInSeconds"] = config.maximum_age
    answer["DestinationConfig"] = {
        "OnSuccess": {"Destination": config.on_success} if config.on_success else {},
        "OnFailure": {"Destination": config.on_failure} if config.on_failure else {},
    }
    return answer  # type: ignore[no-any-return]
