"""The operations that make functions, show them, change them and delete them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....core.operation import Http, operation
from ....core.unset import UNSET
from .. import constraints, errors, facts, shapes
from ..archives import read_code
from ..constraints import check
from ..function import LATEST, Function, FunctionVersion
from ..paging import page_of
from ..settings import (
    CREATING,
    DEFAULTS,
    check_environment,
    check_runtime,
    describe,
    describe_listed,
    read_settings,
    refuse_settings,
)
from ..state import LambdaState
from ..versions import add_version, numbered

__all__ = ["FunctionOperations"]


class FunctionOperations(LambdaState):
    """Functions: made, shown, listed, changed, deleted."""

    @operation("CreateFunction", http=Http(status=201))
    def create_function(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        Runtime: str = UNSET,
        Role: str,
        Handler: str = UNSET,
        Code: shapes.FunctionCode,
        Description: str = UNSET,
        Timeout: shapes.Timeout = UNSET,
        MemorySize: shapes.MemorySize = UNSET,
        Publish: bool = UNSET,
        PublishTo: str = UNSET,
        VpcConfig: shapes.VpcConfig = UNSET,
        PackageType: str = UNSET,
        DeadLetterConfig: shapes.DeadLetterConfig = UNSET,
        Environment: shapes.Environment = UNSET,
        KMSKeyArn: str = UNSET,
        TracingConfig: shapes.TracingConfig = UNSET,
        Tags: Mapping[shapes.TagKey, str] = UNSET,
        Layers: Sequence[shapes.LayerVersionArn] = UNSET,
        FileSystemConfigs: Sequence[shapes.FileSystemConfig] = UNSET,
        CodeSigningConfigArn: str = UNSET,
        ImageConfig: shapes.ImageConfig = UNSET,
        Architectures: shapes.ArchitecturesList = UNSET,
        EphemeralStorage: shapes.EphemeralStorage = UNSET,
        SnapStart: shapes.SnapStart = UNSET,
        LoggingConfig: shapes.LoggingConfig = UNSET,
        TenancyConfig: shapes.TenancyConfig = UNSET,
        CapacityProviderConfig: shapes.CapacityProviderConfig = UNSET,
        DurableConfig: shapes.DurableConfig = UNSET,
        RuntimeConfig: shapes.FunctionRuntimeConfig = UNSET,
        AcceleratorConfig: shapes.AcceleratorConfig = UNSET,
    ) -> shapes.FunctionConfigurationAnswer:
        """Make a function. The role need not exist. O(size of the code).

        The answer says ``Pending``, as AWS's does; whoever looks next finds it active. Raises
        ``ResourceConflictException`` when there is one of this name, ``InvalidParameterValueException`` for code that
        is not an archive, for an unknown runtime and for variables that are Lambda's own, and for code that is not in
        the bucket where it is to be.
        """
        given = locals()
        check(given, constraints.SETTINGS)
        refuse_settings(given)
        parts = self.parts_of(FunctionName, "CreateFunction")
        if len(parts.name) > constraints.OWN_NAME_LENGTH:
            raise errors.name_too_long(parts.name)
        _check_package(Code, PackageType, Runtime, Handler)
        environment = check_environment(Environment or {})
        settings = read_settings(given, parts.name, DEFAULTS)
        if parts.name in self.functions:
            raise errors.function_exists(parts.name)
        function = Function(self, parts.name, self.arn_of(parts.name))
        function.latest = FunctionVersion(
            function,
            LATEST,
            read_code(self, Code),
            last_modified=now,
            revision_id=self.revision_ids.next(),
            role=Role,
            runtime=Runtime or None,
            handler=Handler or None,
            description=Description or "",
            timeout=Timeout or 3,
            memory=MemorySize or 128,
            environment=environment,
            settings=settings,
        )
        function.tags = dict(Tags or {})
        made = function.latest
        if Publish:
            made = numbered(now, made, self.revision_ids.next())
            add_version(function, made)
        self.function_list.add(parts.name, function)
        self.functions_changed(now)
        if (trace := self.world.trace) is not None:
            facts.function_created(trace, now, function)
        return _answer(made, CREATING)

    @operation("GetFunction")
    def get_function(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
    ) -> shapes.GetFunctionResponse:
        """Settings, code and tags of a function, a version or what an alias leads to. O(settings).

        Raises ``ResourceNotFoundException``.
        """
        check({"FunctionName": FunctionName, "Qualifier": Qualifier}, constraints.NAME_AND_QUALIFIER)
        found, version = self.version_of(FunctionName, Qualifier, "GetFunction")
        function = version.function
        answer: shapes.GetFunctionResponse = {
            "Configuration": describe(version, arn=found.arn),
            "Code": _location(version),
        }
        if function.tags:
            answer["Tags"] = dict(function.tags)
        if function.reserved_concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved_concurrency}
        return answer

    @operation("GetFunctionConfiguration")
    def get_function_configuration(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
    ) -> shapes.FunctionConfigurationAnswer:
        """The settings alone. O(settings). Raises ``ResourceNotFoundException``."""
        check({"FunctionName": FunctionName, "Qualifier": Qualifier}, constraints.NAME_AND_QUALIFIER)
        found, version = self.version_of(FunctionName, Qualifier, "GetFunctionConfiguration")
        answer: Any = describe(version, arn=found.arn)
        return answer  # type: ignore[no-any-return]

    @operation("ListFunctions")
    def list_functions(
        self,
        now: int,
        *,
        MasterRegion: shapes.MasterRegion = UNSET,
        FunctionVersion: str = UNSET,
        Marker: str = UNSET,
        MaxItems: shapes.MaxListItems = UNSET,
    ) -> shapes.ListFunctionsResponse:
        """The functions of this account and region, by name, 50 at a time; with ``ALL`` every version. O(functions).

        ``MasterRegion`` is of Lambda@Edge, whose copies there are none of here: it finds nothing but its own region.
        """
        given = {"MasterRegion": MasterRegion, "FunctionVersion": FunctionVersion, "MaxItems": MaxItems}
        check(given, constraints.ALL_FUNCTIONS)
        functions = self.functions
        names = self.function_list.page(len(functions)) if MasterRegion in (UNSET, "ALL", self.region_name) else []
        all_versions = FunctionVersion is not UNSET
        found = [
            version
            for name in names
            for version in (functions[name].all_versions() if all_versions else (functions[name].latest,))
        ]
        page, marker = page_of(self.page_tokens, now, f"functions {FunctionVersion}", found, Marker, MaxItems)
        answer: shapes.ListFunctionsResponse = {
            "Functions": [
                describe_listed(one, arn=f"{one.function.arn}:{one.version}" if all_versions else None) for one in page
            ]
        }
        if marker is not None:
            answer = {"NextMarker": marker, **answer}
        return answer

    @operation("DeleteFunction", http=Http(status="StatusCode"))
    def delete_function(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
    ) -> shapes.DeleteFunctionResponse:
        """Delete a function with its versions and aliases, or one version. Mappings to it stay. O(1).

        Raises ``ResourceNotFoundException`` when there is no such function, ``InvalidParameterValueException`` for
        ``$LATEST`` and for an alias, ``ResourceConflictException`` for a version that an alias leads to.
        """
        check({"FunctionName": FunctionName, "Qualifier": Qualifier}, constraints.NAME_AND_QUALIFIER)
        function, qualifier = self.function_and_qualifier(FunctionName, Qualifier, action="DeleteFunction")
        if qualifier is None:
            self.function_list.remove(function.name)
            self.functions_changed(now)
            if (trace := self.world.trace) is not None:
                facts.function_deleted(trace, now, function)
        elif qualifier == LATEST:
            raise errors.latest_not_deletable()
        elif not qualifier.isdecimal():
            raise errors.alias_not_deletable()
        else:
            leading = [one.name for one in function.aliases.values() if qualifier in (one.version, *one.weights)]
            if leading:
                raise errors.version_has_aliases(qualifier, leading)
            function.versions.pop(qualifier, None)
            function.forget_the_unqualified()
            self.functions_changed(now)
        return {"StatusCode": 204}


def _answer(version: FunctionVersion, state: Mapping[str, str]) -> shapes.FunctionConfigurationAnswer:
    # Also where a version was published, the ARN is the function's. [other emulators]
    answer: Any = describe(version, state, arn=version.function.arn)
    return answer  # type: ignore[no-any-return]


def _check_package(code: Mapping[str, Any], package: Any, runtime: Any, handler: Any) -> None:
    """Raise ``InvalidParameterValueException`` unless an archive has a runtime and a handler, and an image has none."""
    if package == "Image":
        if runtime is not UNSET or handler is not UNSET:
            raise errors.runtime_and_handler_of_image()
        if "ImageUri" not in code:
            raise errors.image_uri_missing()
        return
    if not runtime or not handler:
        raise errors.runtime_and_handler_missing()
    check_runtime(runtime)


def _location(version: FunctionVersion) -> shapes.FunctionCodeLocation:
    """Where the code of a version is. A test cannot fetch it from there."""
    code, state = version.code, version.function.state
    if code.image_uri is not None:
        name, is_digested, _ = code.image_uri.partition("@")
        resolved = code.image_uri if is_digested else f"{name.rpartition(':')[0] or name}@sha256:{code.sha256}"
        return {"RepositoryType": "ECR", "ImageUri": code.image_uri, "ResolvedImageUri": resolved}
    return {
        "RepositoryType": "S3",
        "Location": f"https://awslambda-{state.region_name}-tasks.s3.{state.region_name}.amazonaws.com/snapshots/"
        f"{state.account_id}/{version.function.name}-{version.revision_id}",
    }
