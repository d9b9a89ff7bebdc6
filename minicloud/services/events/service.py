"""EventBridge as its clients see it: buses, rules and targets of an account in a region.

Nothing is done here: the operations are in ``operations/``, a file a noun, what they work on is in ``state``.
"""

from __future__ import annotations

from typing import Final

from ...core.service import Pagination, Service
from .errors import EXCEPTIONS, error_response
from .operations.archives import ArchiveOperations
from .operations.buses import BusOperations
from .operations.events import EventOperations
from .operations.permissions import PermissionOperations
from .operations.replays import ReplayOperations
from .operations.rules import RuleOperations
from .operations.tags import TagOperations
from .operations.targets import TargetOperations

__all__ = ["SERVICE", "Events"]


class Events(
    BusOperations,
    RuleOperations,
    TargetOperations,
    EventOperations,
    PermissionOperations,
    TagOperations,
    ArchiveOperations,
    ReplayOperations,
):
    """The EventBridge of one account in one region."""


_LEFT_OUT: Final = (
    "take the call out of the test, or let the service through with mock_aws(passthrough=('events',)) where something "
    "else answers it"
)
_PARTNERS: Final = f"no partner sends events here: put what it would send with put_events; {_LEFT_OUT}"
_DESTINATIONS: Final = (
    f"EventBridge posts to no API here: have the rule deliver to a function that stands for it; {_LEFT_OUT}"
)
_ENDPOINTS: Final = f"there are no global endpoints here: put events on a bus; {_LEFT_OUT}"

SERVICE = Service(
    name="events",
    service_id="EventBridge",
    api_version="2015-10-07",
    api=Events,
    content_type="application/x-amz-json-1.1",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    paginators={
        "list_rule_names_by_target": Pagination("NextToken", "NextToken", "Limit", ("RuleNames",)),
        "list_rules": Pagination("NextToken", "NextToken", "Limit", ("Rules",)),
        "list_targets_by_rule": Pagination("NextToken", "NextToken", "Limit", ("Targets",)),
    },
    is_partial=True,
    refused={
        "ActivateEventSource": _PARTNERS,
        "CreateApiDestination": _DESTINATIONS,
        "CreateConnection": _DESTINATIONS,
        "CreateEndpoint": _ENDPOINTS,
        "CreatePartnerEventSource": _PARTNERS,
        "DeactivateEventSource": _PARTNERS,
        "DeauthorizeConnection": _DESTINATIONS,
        "DeleteApiDestination": _DESTINATIONS,
        "DeleteConnection": _DESTINATIONS,
        "DeleteEndpoint": _ENDPOINTS,
        "DeletePartnerEventSource": _PARTNERS,
        "DescribeApiDestination": _DESTINATIONS,
        "DescribeConnection": _DESTINATIONS,
        "DescribeEndpoint": _ENDPOINTS,
        "DescribeEventSource": _PARTNERS,
        "DescribePartnerEventSource": _PARTNERS,
        "ListApiDestinations": _DESTINATIONS,
        "ListConnections": _DESTINATIONS,
        "ListEndpoints": _ENDPOINTS,
        "ListEventSources": _PARTNERS,
        "ListPartnerEventSourceAccounts": _PARTNERS,
        "ListPartnerEventSources": _PARTNERS,
        "PutPartnerEvents": _PARTNERS,
        "UpdateApiDestination": _DESTINATIONS,
        "UpdateConnection": _DESTINATIONS,
        "UpdateEndpoint": _ENDPOINTS,
    },
)
