"""Which name may have been meant by one that there is not."""

from __future__ import annotations

import pytest

from minicloud.core.near import did_you_mean, listed, near_name


@pytest.mark.parametrize(
    ("wanted", "names", "found"),
    [
        ("jbos", ["jobs", "orders"], "jobs"),
        ("job", ["jobs"], "jobs"),
        ("jobs", ["jobs.fifo"], "jobs.fifo"),
        ("Jobs", ["orders", "jobs"], "jobs"),
        ("order_events", ["order-events"], "order-events"),
        ("order-evnts", ["orders", "order-events"], "order-events"),
        ("shop-order-created-v2", ["shop-order-created-v1", "shop-order-deleted-v2"], "shop-order-created-v1"),
        ("a", ["b"], None),
        ("jobs", ["orders", "books"], None),
        ("jobs", [], None),
        ("", ["a"], None),
        ("jobs", ["jobs"], None),
    ],
)
def test_a_slip_or_two_are_forgiven(wanted: str, names: list[str], found: str | None) -> None:
    assert near_name(wanted, names) == found


@pytest.mark.parametrize(
    ("wanted", "names", "found"),
    [
        ("clok", ["limits", "clock"], "clock"),
        ("SENDMESAGE", ["SendMessageBatch", "SendMessage"], "SendMessage"),
        ("sendmessage", ["SendMessage"], "SendMessage"),
        ("region", ["account_id", "region_name"], "region_name"),
        ("regoin", ["account_id", "region_name"], "region_name"),
        ("aws_region", ["seed", "region"], "region"),
        ("Throttled", ["KmsThrottledException", "ThrottledException"], "ThrottledException"),
        ("QueueNotFound", ["KmsNotFound", "QueueDoesNotExist"], None),
        ("no_dlq", ["no_blocked_pollers"], None),
        ("no", ["no_in_flight"], None),
        ("s3", ["sqs", "sns"], None),
        ("", ["a"], None),
        ("clock", [], None),
    ],
)
def test_a_name_that_is_typed_may_also_be_misremembered(wanted: str, names: list[str], found: str | None) -> None:
    assert did_you_mean(wanted, names) == (f"; did you mean {found!r}?" if found else "")


def test_only_the_first_thousand_are_compared() -> None:
    assert near_name("jbos", [f"queue-{number}" for number in range(1_000)] + ["jobs"]) is None


def test_a_list_is_short() -> None:
    assert listed("cab") == "a, b, c"
    assert listed("hgfedcba") == "a, b, c, d, e and 3 more"
