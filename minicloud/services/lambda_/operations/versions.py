"""The operations on versions, and on the aliases that lead to them."""

from __future__ import annotations

from typing import Any

from ....core.operation import Http, operation
from ....core.unset import UNSET
from .. import constraints, errors, facts, shapes
from ..constraints import check
from ..function import Alias, Function
from ..paging import page_of
from ..settings import CREATING, describe, describe_listed, refuse_settings
from ..state import LambdaState
from ..versions import add_version, check_weights, describe_alias, last_published, numbered

__all__ = ["VersionOperations"]


class VersionOperations(LambdaState):
    """Versions and aliases."""

    @operation("PublishVersion", http=Http(status=201))
    def publish_version(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        CodeSha256: str = UNSET,
        Description: str = UNSET,
        RevisionId: str = UNSET,
        PublishTo: str = UNSET,
    ) -> shapes.FunctionConfigurationAnswer:
        """Give ``$LATEST`` a number; where nothing has changed since, the version that was published last. O(settings).

        Raises ``ResourceNotFoundException``, ``InvalidParameterValueException`` when the code is another than
        ``CodeSha256`` says, ``PreconditionFailedException`` when the function has been changed since ``RevisionId``.
        """
        given = {"FunctionName": FunctionName, "Description": Description, "PublishTo": PublishTo}
        check(given, constraints.PUBLISHED)
        refuse_settings(given)
        function = self.whole_function(FunctionName, "PublishVersion")
        latest = function.latest
        if RevisionId and RevisionId != latest.revision_id:
            raise errors.revision_differs()
        if CodeSha256 and CodeSha256 != latest.code_sha256:
            raise errors.code_differs(CodeSha256, latest.code_sha256)
        before = last_published(function, latest)
        if before is not None:
            same: Any = describe(before)
            return same  # type: ignore[no-any-return]
        version = numbered(now, latest, self.revision_ids.next(), Description)
        add_version(function, version)
        self.functions_changed(now)
        if (trace := self.world.trace) is not None:
            facts.version_published(trace, now, version)
        answer: Any = describe(version, CREATING)
        return answer  # type: ignore[no-any-return]

    @operation("ListVersionsByFunction")
    def list_versions_by_function(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Marker: str = UNSET,
        MaxItems: shapes.MaxListItems = UNSET,
    ) -> shapes.ListVersionsByFunctionResponse:
        """``$LATEST`` and the versions of a function, oldest first, 50 at a time. O(versions)."""
        check({"FunctionName": FunctionName, "MaxItems": MaxItems}, constraints.LISTED)
        function, _ = self.function_and_qualifier(FunctionName, action="ListVersionsByFunction")
        kind = f"versions {function.name}"
        page, marker = page_of(self.page_tokens, now, kind, list(function.all_versions()), Marker, MaxItems)
        answer: shapes.ListVersionsByFunctionResponse = {
            "Versions": [describe_listed(version, arn=f"{function.arn}:{version.version}") for version in page]
        }
        if marker is not None:
            answer = {"NextMarker": marker, **answer}
        return answer

    @operation("CreateAlias", http=Http(status=201))
    def create_alias(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        Name: shapes.Alias,
        FunctionVersion: shapes.VersionWithLatestPublished,
        Description: str = UNSET,
        RoutingConfig: shapes.AliasRoutingConfiguration = UNSET,
    ) -> shapes.AliasConfigurationAnswer:
        """Make a name for a version, and maybe have another one do a part of the runs. O(1).

        Raises ``ResourceConflictException`` when there is one of this name, ``ResourceNotFoundException`` for a version
        that there is not, ``InvalidParameterValueException`` for weights that cannot be.
        """
        check(_given(locals()), constraints.ALIAS)
        function, _ = self.function_and_qualifier(FunctionName, action="CreateAlias")
        if function.version(FunctionVersion) is None:
            raise errors.function_not_found(f"{function.arn}:{FunctionVersion}")
        weights = check_weights(function, FunctionVersion, (RoutingConfig or {}).get("AdditionalVersionWeights"))
        if Name in function.aliases:
            raise errors.alias_exists(f"{function.arn}:{Name}")
        alias = Alias(Name, FunctionVersion, Description or "", weights, self.revision_ids.next())
        function.aliases[Name] = alias
        self.functions_changed(now)
        return _answer(function, alias)

    @operation("GetAlias")
    def get_alias(
        self, now: int, *, FunctionName: shapes.FunctionName, Name: shapes.Alias
    ) -> shapes.AliasConfigurationAnswer:
        """An alias. O(1). Raises ``ResourceNotFoundException``."""
        check({"FunctionName": FunctionName, "Name": Name}, constraints.ALIAS)
        function, _ = self.function_and_qualifier(FunctionName, action="GetAlias")
        return _answer(function, _alias_of(function, Name))

    @operation("UpdateAlias")
    def update_alias(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        Name: shapes.Alias,
        FunctionVersion: shapes.VersionWithLatestPublished = UNSET,
        Description: str = UNSET,
        RoutingConfig: shapes.AliasRoutingConfiguration = UNSET,
        RevisionId: str = UNSET,
    ) -> shapes.AliasConfigurationAnswer:
        """Have an alias lead elsewhere. What is not given stays. O(1). Raises as CreateAlias does.

        Raises ``PreconditionFailedException`` when it has been changed since ``RevisionId``.
        """
        check(_given(locals()), constraints.ALIAS)
        function, _ = self.function_and_qualifier(FunctionName, action="UpdateAlias")
        alias = function.aliases.get(Name)
        if alias is None:
            raise errors.alias_to_update_missing(f"{function.arn}:{Name}")
        if RevisionId and RevisionId != alias.revision_id:
            raise errors.revision_differs()
        version = FunctionVersion or alias.version
        if function.version(version) is None:
            raise errors.function_not_found(f"{function.arn}:{version}")
        weights = alias.weights
        if RoutingConfig is not UNSET:
            weights = RoutingConfig.get("AdditionalVersionWeights", {})
        weights = check_weights(function, version, weights)
        description = alias.description if Description is UNSET else Description
        changed = Alias(Name, version, description, weights, self.revision_ids.next())
        function.aliases[Name] = changed  # no mapping has to know: it asks for the version with each run
        return _answer(function, changed)

    @operation("DeleteAlias", http=Http(status=204))
    def delete_alias(self, now: int, *, FunctionName: shapes.FunctionName, Name: shapes.Alias) -> None:
        """Delete an alias, its policy and its settings of asynchronous events; also one that is not there. O(1)."""
        check({"FunctionName": FunctionName, "Name": Name}, constraints.ALIAS)
        function, _ = self.function_and_qualifier(FunctionName, action="DeleteAlias")
        function.aliases.pop(Name, None)
        function.forget_the_unqualified()
        self.functions_changed(now)

    @operation("ListAliases")
    def list_aliases(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        FunctionVersion: shapes.VersionWithLatestPublished = UNSET,
        Marker: str = UNSET,
        MaxItems: shapes.MaxListItems = UNSET,
    ) -> shapes.ListAliasesResponse:
        """The aliases of a function, or of a version of it, by name, 50 at a time. O(aliases)."""
        check(_given(locals()), constraints.ALIAS)
        function, _ = self.function_and_qualifier(FunctionName, action="ListAliases")
        found = [alias for _, alias in sorted(function.aliases.items()) if FunctionVersion in (UNSET, alias.version)]
        kind = f"aliases {function.name} {FunctionVersion or ''}"
        page, marker = page_of(self.page_tokens, now, kind, found, Marker, MaxItems)
        answer: shapes.ListAliasesResponse = {"Aliases": [describe_alias(function, alias) for alias in page]}
        if marker is not None:
            answer = {"NextMarker": marker, **answer}
        return answer


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a call, of all that is local in it."""
    return {name: value for name, value in parameters.items() if name[0].isupper()}


def _answer(function: Function, alias: Alias) -> shapes.AliasConfigurationAnswer:
    answer: Any = describe_alias(function, alias)
    return answer  # type: ignore[no-any-return]


def _alias_of(function: Function, name: str) -> Alias:
    """The alias of that name. Raises ``ResourceNotFoundException``."""
    alias = function.aliases.get(name)
    if alias is None:
        raise errors.alias_missing(f"{function.arn}:{name}")
    return alias
