"""What minicloud does not have of the service: its own client says what to do instead."""

from __future__ import annotations

import minicloud
from tests.support.answers import told_instead

INSTEAD = [
    (
        (
            "no partner sends events here: put what it would send with put_events; take the call out of the "
            "test, or let the service through with mock_aws(passthrough=('events',)) where something else "
            "answers it"
        ),
        [
            "activate_event_source",
            "create_partner_event_source",
            "deactivate_event_source",
            "delete_partner_event_source",
            "describe_event_source",
            "describe_partner_event_source",
            "list_event_sources",
            "list_partner_event_source_accounts",
            "list_partner_event_sources",
            "put_partner_events",
        ],
    ),
    (
        (
            "EventBridge posts to no API here: have the rule deliver to a function that stands for it; take "
            "the call out of the test, or let the service through with mock_aws(passthrough=('events',)) "
            "where something else answers it"
        ),
        [
            "create_api_destination",
            "create_connection",
            "deauthorize_connection",
            "delete_api_destination",
            "delete_connection",
            "describe_api_destination",
            "describe_connection",
            "list_api_destinations",
            "list_connections",
            "update_api_destination",
            "update_connection",
        ],
    ),
    (
        (
            "there are no global endpoints here: put events on a bus; take the call out of the test, or let "
            "the service through with mock_aws(passthrough=('events',)) where something else answers it"
        ),
        ["create_endpoint", "delete_endpoint", "describe_endpoint", "list_endpoints", "update_endpoint"],
    ),
]


def test_operations_that_are_not_here(cloud: minicloud.Cloud) -> None:
    client = cloud.client("events")
    for text, operations in INSTEAD:
        assert told_instead(client, *operations) == {text}
