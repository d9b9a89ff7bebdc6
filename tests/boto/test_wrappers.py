"""Libraries that wrap botocore's functions, before minicloud or after it, see the calls and leave no trace."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import botocore.client
import botocore.endpoint
import pytest
from botocore.endpoint import Endpoint
from botocore.history import get_global_history_recorder
from botocore.stub import Stubber

import minicloud
from minicloud.services.registry import SERVICE_NAMES
from tests.boto.support import some_handler

pytestmark = pytest.mark.needs("boto3")

ROOT = Path(__file__).parents[2]
BaseClient: Any = botocore.client.BaseClient


def wrapped(original: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
    def wrapper(self: Any, operation_name: str, kwargs: dict[str, Any]) -> Any:
        seen.append(operation_name)
        return original(self, operation_name, kwargs)

    return wrapper


def test_a_wrapper_from_inside_a_mock_sees_calls_and_goes_without_trace() -> None:
    with minicloud.mock_aws():
        original = BaseClient._make_api_call
        seen: list[str] = []
        sqs = boto3.client("sqs")
        with mock.patch.object(BaseClient, "_make_api_call", wrapped(original, seen)):
            sqs.create_queue(QueueName="q")
        sqs.list_queues()
        assert seen == ["CreateQueue"]
        assert BaseClient._make_api_call is original


def test_a_wrapper_around_mocks_is_called_inside_and_outside_of_them() -> None:
    original = BaseClient._make_api_call
    seen: list[str] = []
    with mock.patch.object(BaseClient, "_make_api_call", wrapped(original, seen)):
        with minicloud.mock_aws():
            boto3.client("sqs").create_queue(QueueName="q")
        with minicloud.mock_aws():
            boto3.client("sqs").list_queues()
    assert seen == ["CreateQueue", "ListQueues"]
    assert BaseClient._make_api_call is original


def test_a_wrapper_that_goes_in_the_middle_of_a_mock_takes_nothing_with_it() -> None:
    seen: list[str] = []
    patch = mock.patch.object(BaseClient, "_make_api_call", wrapped(BaseClient._make_api_call, seen))
    patch.start()
    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.create_queue(QueueName="q")
        patch.stop()
        assert "QueueUrls" in sqs.list_queues()
    assert seen == ["CreateQueue"]


@pytest.mark.parametrize("frozen", [False, True], ids=["", "frozen"])
@pytest.mark.parametrize("hidden", [False, True], ids=["telling", "hidden"])
def test_a_wrapper_from_before_the_first_mock_of_a_process(hidden: bool, frozen: bool) -> None:
    program = f"""
import functools, gc, botocore.client
from botocore.client import BaseClient
genuine, seen = BaseClient._make_api_call, []
def wrapper(self, operation_name, kwargs):
    seen.append(operation_name)
    return genuine(self, operation_name, kwargs)
BaseClient._make_api_call = wrapper if {hidden} else functools.wraps(genuine)(wrapper)
import boto3, minicloud
if {frozen}:
    gc.freeze()
with minicloud.mock_aws():
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName="q")
    assert seen == ["CreateQueue"], seen
    BaseClient._make_api_call = genuine
    sqs.list_queues()
    assert seen == ["CreateQueue"], seen
    BaseClient._make_api_call = wrapper
    sqs.list_queues()
    assert seen == ["CreateQueue", "ListQueues"], seen
assert BaseClient._make_api_call is wrapper
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)


def test_what_a_frozen_wrapper_holds_is_found_wherever_it_holds_it() -> None:
    program = """
import functools, gc, botocore.client
from botocore.client import BaseClient
class Wrapper:
    def __init__(self, original):
        self.originals = {"call": original}
    def __call__(self, client, operation_name, kwargs):
        return self.originals["call"](client, operation_name, kwargs)
def wrapped(original):
    wrapper = functools.partial(lambda given, *args: given(*args), Wrapper(original))
    return lambda self, *args: wrapper(self, *args)
BaseClient._make_api_call = wrapped(BaseClient._make_api_call)
import boto3, minicloud
gc.freeze()
with minicloud.mock_aws() as cloud:
    boto3.client("sqs").create_queue(QueueName="q")
    assert cloud.queue("q").name == "q"
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)


def test_a_function_replaced_for_good_answers_instead_of_the_cloud() -> None:
    with (
        minicloud.mock_aws(),
        mock.patch.object(BaseClient, "_make_api_call", return_value={"QueueUrl": "mine"}) as fake,
    ):
        assert boto3.client("sqs").create_queue(QueueName="q") == {"QueueUrl": "mine"}
    fake.assert_called_once_with("CreateQueue", {"QueueName": "q"})


def test_a_wrapped_prepare_request_sees_requests() -> None:
    original: Any = Endpoint.prepare_request
    seen = []

    def prepare_request(self: Any, request: Any) -> Any:
        request.headers["X-Trace"] = "1"
        seen.append(request.url)
        return original(self, request)

    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.list_queues()
        with mock.patch.object(Endpoint, "prepare_request", prepare_request):
            sqs.create_queue(QueueName="q")
        sqs.list_queues()
    assert seen == ["https://sqs.us-east-1.amazonaws.com/"]


def test_handlers_of_all_events_of_a_call_run_in_order() -> None:
    events = [
        "provide-client-params",
        "before-parameter-build",
        "before-call",
        "request-created",
        "before-sign",
        "before-send",
        "before-parse",
        "response-received",
        "needs-retry",
        "after-call",
    ]
    if "before-parse" not in Path(botocore.endpoint.__file__).read_text():
        events.remove("before-parse")  # older releases have no such event
    seen: list[str] = []

    def note(event_name: str, **_: Any) -> None:
        seen.append(event_name)

    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.list_queues()
        for event in events:
            sqs.meta.events.register(f"{event}.sqs.ListQueues", note)
        sqs.list_queues()
        assert seen == [f"{event}.sqs.ListQueues" for event in events]
        seen.clear()
        sqs.create_queue(QueueName="q")
        for event in events:
            sqs.meta.events.unregister(f"{event}.sqs.ListQueues", note)
        sqs.list_queues()
        assert seen == []


def test_handlers_change_parameters_requests_and_answers() -> None:
    def rename(params: dict[str, Any], **_: Any) -> None:
        params["QueueName"] += "-renamed"

    def answer(**_: Any) -> Any:
        response = mock.Mock(status_code=200)
        return response, {"QueueUrl": "mine"}

    def enrich(parsed: dict[str, Any], **_: Any) -> None:
        parsed["More"] = True

    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.meta.events.register("before-parameter-build.sqs.CreateQueue", rename)
        sqs.meta.events.register("after-call.sqs", enrich)
        created = sqs.create_queue(QueueName="q")
        assert created["QueueUrl"].endswith("/q-renamed")
        assert created["More"]
        sqs.meta.events.register("before-call.sqs.GetQueueUrl", answer)
        assert sqs.get_queue_url(QueueName="nobody")["QueueUrl"] == "mine"


def test_a_session_that_has_handlers_before_it_makes_clients() -> None:
    with minicloud.mock_aws():
        session = boto3.Session()
        seen: list[Any] = []
        session.events.register("before-send.sqs", lambda request, **_: seen.append(request))
        session.client("sqs").list_queues()
        assert seen[0].headers["X-Amz-Target"] == b"AmazonSQS.ListQueues"
        assert b"AWS4-HMAC-SHA256 Credential=testing/" in seen[0].headers["Authorization"]


def test_errors_are_seen_as_well() -> None:
    failures = []

    def fail(**_: Any) -> None:
        raise OSError("no")

    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.meta.events.register("before-send.sqs.ListQueues", fail)
        sqs.meta.events.register("after-call-error.sqs", lambda exception, **_: failures.append(exception))
        with pytest.raises(OSError, match="no"):
            sqs.list_queues()
    assert len(failures) == 1


def test_the_stubber_stands_before_the_cloud() -> None:
    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.list_queues()
        with Stubber(sqs) as stubber:
            stubber.add_response("list_queues", {"QueueUrls": ["mine"]}, {})
            assert sqs.list_queues()["QueueUrls"] == ["mine"]
            stubber.assert_no_pending_responses()
        assert "QueueUrls" not in sqs.list_queues()


def test_the_stubber_answers_what_minicloud_does_not() -> None:
    with minicloud.mock_aws():
        s3 = boto3.client("s3")
        with Stubber(s3) as stubber:
            stubber.add_response("put_bucket_tagging", {}, {"Bucket": "photos", "Tagging": {"TagSet": []}})
            assert s3.put_bucket_tagging(Bucket="photos", Tagging={"TagSet": []}) == {}
        with pytest.raises(minicloud.UsageError, match=r"s3\.PutBucketTagging: .*Stubber"):
            s3.put_bucket_tagging(Bucket="photos", Tagging={"TagSet": []})
        secrets = boto3.client("secretsmanager")
        with Stubber(secrets) as stubber:
            stubber.add_client_error("get_secret_value", "ResourceNotFoundException")
            with pytest.raises(secrets.exceptions.ResourceNotFoundException):
                secrets.get_secret_value(SecretId="token")


def test_a_handler_that_only_looks_on_answers_nothing() -> None:
    seen: list[str] = []
    with minicloud.mock_aws():
        assert "secretsmanager" not in SERVICE_NAMES, "take another service here, which minicloud does not have"
        secrets = boto3.client("secretsmanager")
        secrets.meta.events.register("before-send", lambda request, **_: seen.append(request.url))
        for _ in range(2):
            with pytest.raises(minicloud.UsageError, match=r"secretsmanager\.GetSecretValue.*Stubber"):
                secrets.get_secret_value(SecretId="token")
    assert seen == ["https://secretsmanager.us-east-1.amazonaws.com/"] * 2  # no retry


def test_history_is_recorded() -> None:
    history = get_global_history_recorder()
    seen: list[str] = []

    class Handler:
        def emit(self, event_type: str, payload: Any, source: Any) -> None:
            seen.append(event_type)

    handler = Handler()
    history.add_handler(handler)
    history.enable()
    try:
        with minicloud.mock_aws():
            boto3.client("sns").list_topics()
    finally:
        history.disable()
        history._handlers.remove(handler)
    assert seen == ["API_CALL", "HTTP_REQUEST", "HTTP_RESPONSE", "PARSED_RESPONSE"]


def test_a_handler_is_seen_whenever_it_comes_and_goes() -> None:
    seen: list[int] = []

    def note(**_: Any) -> None:
        seen.append(1)

    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        for number in range(3):
            sqs.list_queues()
            sqs.meta.events.register("before-send", note, unique_id="mine")
            sqs.list_queues()
            sqs.meta.events.unregister("before-send", unique_id="mine")
            sqs.list_queues()
            assert len(seen) == number + 1
        sqs.meta.events.register("before-send", some_handler)
        assert "date" in sqs.list_queues()["ResponseMetadata"]["HTTPHeaders"]
