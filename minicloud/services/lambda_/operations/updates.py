"""The operations that change a function's code and settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....core.operation import operation
from ....core.shapes import Blob
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..archives import read_code
from ..constraints import check
from ..function import FunctionVersion
from ..settings import UPDATING, check_environment, check_runtime, describe, read_settings, refuse_settings
from ..state import LambdaState
from ..versions import numbered

__all__ = ["UpdateOperations"]


class UpdateOperations(LambdaState):
    """Changes of ``$LATEST``. What was published stays as it is."""

    @operation("UpdateFunctionCode")
    def update_function_code(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        ZipFile: Blob = UNSET,
        S3Bucket: shapes.S3Bucket = UNSET,
        S3Key: shapes.S3Key = UNSET,
        S3ObjectVersion: shapes.S3ObjectVersion = UNSET,
        S3ObjectStorageMode: str = UNSET,
        ImageUri: str = UNSET,
        Architectures: shapes.ArchitecturesList = UNSET,
        Publish: bool = UNSET,
        PublishTo: str = UNSET,
        DryRun: bool = UNSET,
        RevisionId: str = UNSET,
        SourceKMSKeyArn: str = UNSET,
    ) -> shapes.FunctionConfigurationAnswer:
        """Have ``$LATEST`` run other code; also in place of a callable that ``cloud.function`` gave. O(size of it).

        ``Publish`` gives it a number at once. ``DryRun`` answers what would be, and changes nothing. Raises
        ``ResourceNotFoundException``, ``InvalidParameterValueException`` as CreateFunction does, and
        ``PreconditionFailedException`` when the function has been changed since ``RevisionId``.
        """
        given = {name: value for name, value in locals().items() if name[0].isupper()}
        check(given, constraints.CODE)
        refuse_settings(given)
        function = self.whole_function(FunctionName, "UpdateFunctionCode")
        _check_package(function.latest, given)
        code = read_code(self, given)
        _check_revision(function.latest, RevisionId)
        changed = function.latest.but(
            code=code,
            settings=read_settings(given, function.name, function.latest.settings),
            last_modified=now,
            revision_id=self.revision_ids.next(),
        )
        if DryRun:
            return _answer(changed, None)
        version = numbered(now, changed, self.revision_ids.next()) if Publish else None
        self.change_function(now, function, changed, version)
        return _answer(changed, None) if version is None else _answer(version, version.arn)

    @operation("UpdateFunctionConfiguration")
    def update_function_configuration(
        self,
        now: int,
        *,
        FunctionName: shapes.FunctionName,
        Role: str = UNSET,
        Handler: str = UNSET,
        Description: str = UNSET,
        Timeout: shapes.Timeout = UNSET,
        MemorySize: shapes.MemorySize = UNSET,
        VpcConfig: shapes.VpcConfig = UNSET,
        Environment: shapes.Environment = UNSET,
        Runtime: str = UNSET,
        DeadLetterConfig: shapes.DeadLetterConfig = UNSET,
        KMSKeyArn: str = UNSET,
        TracingConfig: shapes.TracingConfig = UNSET,
        RevisionId: str = UNSET,
        Layers: Sequence[shapes.LayerVersionArn] = UNSET,
        FileSystemConfigs: Sequence[shapes.FileSystemConfig] = UNSET,
        ImageConfig: shapes.ImageConfig = UNSET,
        EphemeralStorage: shapes.EphemeralStorage = UNSET,
        SnapStart: shapes.SnapStart = UNSET,
        LoggingConfig: shapes.LoggingConfig = UNSET,
        CapacityProviderConfig: shapes.CapacityProviderConfig = UNSET,
        DurableConfig: shapes.DurableConfig = UNSET,
        RuntimeConfig: shapes.FunctionRuntimeConfig = UNSET,
        AcceleratorConfig: shapes.AcceleratorConfig = UNSET,
    ) -> shapes.FunctionConfigurationAnswer:
        """Change settings of ``$LATEST``; what is not given stays. Runs that are under way go on as they began.

        O(settings + mappings). Raises as UpdateFunctionCode does, and ``InvalidParameterValueException`` for a timeout
        that is longer than the visibility timeout of a queue that the function reads from.
        """
        given = {name: value for name, value in locals().items() if name[0].isupper()}
        check(given, constraints.SETTINGS)
        refuse_settings(given)
        function = self.whole_function(FunctionName, "UpdateFunctionConfiguration")
        latest = function.latest
        _check_revision(latest, RevisionId)
        changes: dict[str, Any] = {
            name: value
            for name, value in (
                ("role", Role),
                ("handler", Handler),
                ("description", Description),
                ("timeout", Timeout),
                ("memory", MemorySize),
                ("runtime", Runtime),
            )
            if value is not UNSET
        }
        if Runtime is not UNSET:
            check_runtime(Runtime)
        if Timeout is not UNSET:
            self.check_visibility(function, Timeout)
        if Environment is not UNSET:
            changes["environment"] = check_environment(Environment) or {}
        changed = latest.but(
            settings=read_settings(given, function.name, latest.settings),
            last_modified=now,
            revision_id=self.revision_ids.next(),
            **changes,
        )
        self.change_function(now, function, changed)
        return _answer(changed, None)


def _answer(version: FunctionVersion, arn: str | None) -> shapes.FunctionConfigurationAnswer:
    answer: Any = describe(version, UPDATING, arn=arn or version.function.arn)
    return answer  # type: ignore[no-any-return]


def _check_revision(latest: FunctionVersion, revision_id: Any) -> None:
    if revision_id and revision_id != latest.revision_id:
        raise errors.revision_differs()


def _check_package(latest: FunctionVersion, given: dict[str, Any]) -> None:
    """Raise ``InvalidParameterValueException`` for an image where there is an archive, and the other way round."""
    has_image = given["ImageUri"] is not UNSET
    if latest.settings.get("PackageType") == "Image":
        if not has_image:
            raise errors.zip_for_image()
    elif has_image:
        raise errors.image_for_zip()
