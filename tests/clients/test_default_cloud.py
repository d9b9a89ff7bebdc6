"""The default cloud, and sessions that are made without a cloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import minicloud
import minicloud.default
from minicloud.clients import session as sessions


@pytest.fixture(autouse=True)
def _none_yet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(minicloud.default, "_default_cloud", None)
    yield
    if minicloud.default._default_cloud is not None:
        minicloud.default_cloud().close()


def test_it_is_made_when_it_is_first_asked_for() -> None:
    with minicloud.Cloud() as other:
        assert not minicloud.default.is_default(other)
        assert minicloud.default._default_cloud is None
        cloud = minicloud.default_cloud()
        assert cloud is minicloud.default_cloud()
        assert minicloud.default.is_default(cloud)
        assert not minicloud.default.is_default(other)


def test_clients_resources_and_sessions_are_of_it() -> None:
    url = minicloud.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    minicloud.resource("sqs").Queue(url).send_message(MessageBody="m")
    assert minicloud.Session().client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "m"
    assert minicloud.default_cloud().queue("jobs").counts.in_flight == 1


def test_a_session_has_its_region() -> None:
    region = minicloud.default_cloud().region_name
    assert minicloud.Session().region_name == region
    assert minicloud.Session(region_name="eu-west-1").region_name == "eu-west-1"


def test_a_session_of_another_cloud_does_not_make_it() -> None:
    with minicloud.Cloud() as cloud:
        minicloud.Session(cloud=cloud).client("sqs").create_queue(QueueName="jobs")
        assert cloud.queue("jobs").counts.visible == 0
    assert minicloud.default._default_cloud is None


def test_all_sessions_are_of_one_class() -> None:
    with minicloud.Cloud() as cloud:
        assert type(cloud.session()) is type(minicloud.Session()) is minicloud.Session is sessions.Session

    class Mine(minicloud.Session):
        pass

    assert Mine().client("sqs").list_queues().get("QueueUrls") is None


def test_without_a_default_cloud_a_session_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions.Session, "cloud_by_default", None)
    with pytest.raises(minicloud.UsageError, match=r"a Session needs a cloud: use cloud.session\(\)"):
        sessions.Session()
