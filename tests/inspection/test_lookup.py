"""What a name means: in which region it is, how often it is there, and what was meant where it is nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, UsageError


def make_queue(cloud: Cloud, name: str, **where: Any) -> Any:
    return cloud.client("sqs", **where).create_queue(QueueName=name)


def make_topic(cloud: Cloud, name: str, **where: Any) -> Any:
    return cloud.client("sns", **where).create_topic(Name=name)


def make_stream(cloud: Cloud, name: str, **where: Any) -> Any:
    return cloud.client("kinesis", **where).create_stream(StreamName=name, ShardCount=1)


KINDS = {"queue": make_queue, "topic": make_topic, "stream": make_stream}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def make(kind: str, cloud: Cloud) -> Callable[..., Any]:
    return lambda name, **where: KINDS[kind](cloud, name, **where)


@pytest.fixture
def look(kind: str, cloud: Cloud) -> Callable[[str], Any]:
    found: Callable[[str], Any] = getattr(cloud, kind)
    return found


pytestmark = pytest.mark.minicloud(region_name="us-east-1")


def test_a_name_is_found_wherever_it_is(make: Any, look: Any) -> None:
    make("orders", region_name="eu-west-1")
    make("bills", region_name="eu-west-3", account_id="000000000042")
    assert ":eu-west-1:123456789012:" in look("orders").arn
    assert ":eu-west-3:000000000042:" in look("bills").arn


def test_the_clouds_own_region_comes_first(make: Any, look: Any) -> None:
    for region in ("eu-west-1", "us-east-1", "us-west-2"):
        make("orders", region_name=region)
    assert ":us-east-1:" in look("orders").arn


def test_of_several_elsewhere_none_is_guessed(make: Any, look: Any, kind: str) -> None:
    make("orders", region_name="eu-west-1")
    make("orders", region_name="us-west-2", account_id="000000000042")
    with pytest.raises(UsageError) as caught:
        look("orders")
    assert str(caught.value) == (
        f"'orders' is the name of {kind}s in eu-west-1 and us-west-2 of account 000000000042: give the ARN of one"
    )


def test_an_arn_is_looked_for_where_it_says(make: Any, look: Any) -> None:
    make("orders", region_name="eu-west-1")
    arn = look("orders").arn
    assert look(arn).arn == arn
    with pytest.raises(UsageError, match=r"in us-west-2; there are, in eu-west-1: orders$"):
        look(arn.replace("eu-west-1", "us-west-2"))


def test_what_is_nowhere(make: Any, look: Any, kind: str) -> None:
    def said(name: str) -> str:
        with pytest.raises(UsageError) as caught:
            look(name)
        return str(caught.value)

    assert said("jbos") == f"there is no {kind} 'jbos'; there are none"
    make("jobs")
    make("fifty")
    assert said("jbos") == f"there is no {kind} 'jbos'; did you mean 'jobs'? there are: fifty, jobs"
    assert said("q") == f"there is no {kind} 'q'; there are: fifty, jobs"
    make("orders", region_name="eu-west-1")
    assert said("jbos") == (
        f"there is no {kind} 'jbos'; did you mean 'jobs'? there are, in us-east-1: fifty, jobs; in eu-west-1: orders"
    )
    assert said("Orders").startswith(f"there is no {kind} 'Orders'; did you mean 'orders'?")


def test_looking_makes_nothing(cloud: Cloud, look: Any) -> None:
    with pytest.raises(UsageError):
        look("arn:aws:sqs:eu-west-1:123456789012:orders")
    assert cloud.services_by_place == {}


def test_urls_of_queues(cloud: Cloud) -> None:
    url = make_queue(cloud, "orders", region_name="eu-west-1")["QueueUrl"]
    assert cloud.queue(url).url == url
    other = make_queue(cloud, "bills", region_name="eu-west-1", account_id="000000000042")["QueueUrl"]
    assert cloud.queue(other).url == other
    with pytest.raises(UsageError, match="in us-west-2; there are, in eu-west-1: orders; in eu-west-1 of account 0000"):
        cloud.queue(url.replace("eu-west-1", "us-west-2"))


def test_assertions_find_what_views_find(cloud: Cloud) -> None:
    sqs = cloud.client("sqs", "eu-west-1")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    cloud.assert_sent("orders", "m")
    assert cloud.check_history("orders")
    with pytest.raises(AssertionError, match="not empty"):
        cloud.assert_empty("orders")
    make_queue(cloud, "orders", region_name="eu-west-3")
    with pytest.raises(UsageError, match="is the name of queues in eu-west-1 and eu-west-3"):
        cloud.assert_sent("orders", "m")


def test_another_cloud_of_the_test_may_have_it(cloud: Cloud) -> None:
    with minicloud.mock_aws() as other:
        make_queue(other, "orders")
        with pytest.raises(UsageError) as caught:
            cloud.queue("orders")
    assert str(caught.value) == (
        "there is no queue 'orders'; there are none; but another cloud of this test has it: that of mock_aws()"
    )
    with minicloud.mock_aws() as other:
        make_queue(other, "letters")
        with pytest.raises(UsageError, match=r"has it: that of mock_aws\(\)$"):
            minicloud.default_cloud().queue("letters")
    make_topic(cloud, "bills")
    with minicloud.mock_aws() as other, pytest.raises(UsageError, match=r"that of the fixture cloud$"):
        other.topic("bills")
