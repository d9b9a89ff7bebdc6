"""The operations of mobile push: platform applications and their endpoints."""

from __future__ import annotations

from collections.abc import Mapping

from ....core.effects import Change
from ....core.operation import operation
from ....core.unset import UNSET
from ....exceptions import AwsError
from .. import errors, shapes
from ..arns import application_parts
from ..paging import page_of
from ..push import (
    PLATFORMS,
    PlatformApplication,
    PlatformEndpoint,
    check_application_name,
    check_credentials,
    check_token,
    read_application_attributes,
    read_endpoint_attributes,
)
from ..state import SnsState

__all__ = ["PushOperations"]

_LOOKING_FOR_APPLICATIONS = ("CreatePlatformEndpoint", "ListEndpointsByPlatformApplication")


class PushOperations(SnsState):
    """Platform applications and endpoints. What is pushed to them goes to ``cloud.outbox``."""

    @operation("CreatePlatformApplication")
    def create_platform_application(
        self, now: int, *, Name: str, Platform: str, Attributes: Mapping[str, str]
    ) -> shapes.CreatePlatformApplicationResponse:
        """Make an application on a push platform, or find the one with the same properties. O(1)."""
        check_application_name(Name)
        if Platform not in PLATFORMS:
            raise errors.application_platform(platform=Platform)
        if not Attributes:
            raise errors.member_null(path="attributes")  # as the wire has no empty map
        check_credentials(Platform, Attributes)
        attributes = read_application_attributes(Attributes, self._is_topic)
        arn = self.arn_of(f"app/{Platform}/{Name}")
        existing = self.applications.get(arn)
        if existing is not None:
            if existing.created_with != attributes:
                raise errors.application_exists()
        else:
            application = PlatformApplication(arn, self.next_serial(), Platform, attributes)
            self.applications[arn] = application
            self.application_list.add(application.serial, application)
        return {"PlatformApplicationArn": arn}

    @operation("DeletePlatformApplication")
    def delete_platform_application(self, now: int, *, PlatformApplicationArn: str) -> None:
        """Delete an application with its endpoints; one that does not exist is deleted already. O(endpoints)."""
        application = self._application(PlatformApplicationArn, "DeletePlatformApplication")
        if application is not None:
            del self.applications[application.arn]
            self.application_list.remove(application.serial)
            for arn in application.endpoints:
                del self.endpoints[arn]

    @operation("GetPlatformApplicationAttributes")
    def get_platform_application_attributes(
        self, now: int, *, PlatformApplicationArn: str
    ) -> shapes.GetPlatformApplicationAttributesResponse:
        """An application's attributes, without its credentials. O(1)."""
        return {"Attributes": self._existing(PlatformApplicationArn, "GetPlatformApplicationAttributes").describe()}

    @operation("SetPlatformApplicationAttributes")
    def set_platform_application_attributes(
        self, now: int, *, PlatformApplicationArn: str, Attributes: Mapping[str, str]
    ) -> None:
        """Set attributes of an application. O(1)."""
        application_parts(PlatformApplicationArn)
        if not Attributes:
            # The wire has no empty map: AWS finds none at all.
            raise errors.member_null(path="attributes")
        application = self._existing(PlatformApplicationArn, "SetPlatformApplicationAttributes")
        application.attributes |= read_application_attributes(Attributes, self._is_topic)

    @operation("ListPlatformApplications")
    def list_platform_applications(
        self, now: int, *, NextToken: str = UNSET
    ) -> shapes.ListPlatformApplicationsResponse:
        """The applications of this account and region, a hundred at a time. O(page)."""
        self.pace(now, "ListPlatformApplications")
        page, token = page_of(self.page_tokens, now, self.application_list, "applications", NextToken)
        answer: shapes.ListPlatformApplicationsResponse = {
            "PlatformApplications": [
                {"PlatformApplicationArn": application.arn, "Attributes": application.describe()}
                for application in page
            ]
        }
        if token is not None:
            answer["NextToken"] = token
        return answer

    # --- endpoints --------------------------------------------------------------------------------------------------

    @operation("CreatePlatformEndpoint")
    def create_platform_endpoint(
        self,
        now: int,
        *,
        PlatformApplicationArn: str,
        Token: str,
        CustomUserData: str = UNSET,
        Attributes: Mapping[str, str] = UNSET,
    ) -> shapes.CreateEndpointResponse:
        """Register a device with an application, or find it if it agrees with what is asked for. O(1)."""
        application_parts(PlatformApplicationArn)
        check_token(Token)
        given: dict[str, str] = {"Token": Token}
        if CustomUserData is not UNSET:
            given["CustomUserData"] = CustomUserData
        attributes = {"Enabled": "true", **read_endpoint_attributes({**given, **(Attributes or {})})}
        application = self._existing(PlatformApplicationArn, "CreatePlatformEndpoint")
        existing = application.by_token.get(attributes["Token"])
        if existing is not None:
            if existing.attributes != attributes:
                raise errors.token_taken(endpoint=existing.arn)
            return {"EndpointArn": existing.arn}
        platform, name = application_parts(application.arn)
        arn = self.arn_of(f"endpoint/{platform}/{name}/{self.endpoint_ids.next()}")
        endpoint = PlatformEndpoint(application, arn, self.next_serial(), attributes)
        self.undo = lambda: self.endpoints.pop(arn, None)
        self.endpoints[arn] = application.endpoints[arn] = application.by_token[attributes["Token"]] = endpoint
        application.endpoint_list.add(endpoint.serial, endpoint)
        self._tell(now, "EndpointCreated", endpoint)
        return {"EndpointArn": arn}

    @operation("DeleteEndpoint")
    def delete_endpoint(self, now: int, *, EndpointArn: str) -> None:
        """Delete an endpoint; its subscriptions stay, and fail. One that does not exist is deleted already. O(1)."""
        endpoint = self.endpoint(EndpointArn, "DeleteEndpoint")
        if endpoint is not None:
            application, endpoints = endpoint.application, self.endpoints
            self.undo = lambda: endpoints.setdefault(endpoint.arn, endpoint)
            del endpoints[endpoint.arn], application.endpoints[endpoint.arn]
            del application.by_token[endpoint.token]
            application.endpoint_list.remove(endpoint.serial)
            self._tell(now, "EndpointDeleted", endpoint)

    @operation("GetEndpointAttributes")
    def get_endpoint_attributes(self, now: int, *, EndpointArn: str) -> shapes.GetEndpointAttributesResponse:
        """An endpoint's attributes. O(1)."""
        endpoint = self.endpoint(EndpointArn, "GetEndpointAttributes")
        if endpoint is None:
            raise errors.endpoint_missing()
        return {"Attributes": dict(endpoint.attributes)}

    @operation("SetEndpointAttributes")
    def set_endpoint_attributes(self, now: int, *, EndpointArn: str, Attributes: Mapping[str, str]) -> None:
        """Set attributes of an endpoint. O(1)."""
        endpoint = self.endpoint(EndpointArn, "SetEndpointAttributes")
        if not Attributes:
            raise errors.member_null(path="attributes")
        if endpoint is None:
            raise errors.endpoint_missing()
        attributes = read_endpoint_attributes(Attributes)
        by_token, old_token, before = endpoint.application.by_token, endpoint.token, endpoint.attributes
        token = attributes.get("Token", old_token)
        if by_token.get(token, endpoint) is not endpoint:
            raise errors.token_elsewhere()
        self.undo = lambda: setattr(endpoint, "attributes", before)
        endpoint.attributes = before | attributes
        del by_token[old_token]
        by_token[token] = endpoint
        self._tell(now, "EndpointUpdated", endpoint)

    @operation("ListEndpointsByPlatformApplication")
    def list_endpoints_by_platform_application(
        self, now: int, *, PlatformApplicationArn: str, NextToken: str = UNSET
    ) -> shapes.ListEndpointsByPlatformApplicationResponse:
        """The endpoints of an application, a hundred at a time. O(page)."""
        self.pace(now, "ListEndpointsByPlatformApplication")
        application = self._existing(PlatformApplicationArn, "ListEndpointsByPlatformApplication")
        page, token = page_of(self.page_tokens, now, application.endpoint_list, "endpoints", NextToken)
        answer: shapes.ListEndpointsByPlatformApplicationResponse = {
            "Endpoints": [{"EndpointArn": endpoint.arn, "Attributes": dict(endpoint.attributes)} for endpoint in page]
        }
        if token is not None:
            answer["NextToken"] = token
        return answer

    def _tell(self, now: int, event: str, endpoint: PlatformEndpoint) -> None:
        """Let a change of an endpoint count, and with it that the application's topic is told."""
        change = Change()
        self.push_events.announce(now, change, event, endpoint)
        change.happened = True
        self.undo = None

    def _application(self, arn: str, action: str) -> PlatformApplication | None:
        application = self.applications.get(arn)
        if application is None:
            application_parts(arn)
            try:
                self.check_owner(arn, action, "PlatformApplicationArn")
            except AwsError as error:
                # Two operations do not tell a stranger's application from one that does not exist.
                if error.code != "AuthorizationError" or action not in _LOOKING_FOR_APPLICATIONS:
                    raise
        return application

    def _existing(self, arn: str, action: str) -> PlatformApplication:
        application = self._application(arn, action)
        if application is None:
            raise errors.application_missing()
        return application

    def _is_topic(self, arn: str) -> bool:
        return arn in self.topics
