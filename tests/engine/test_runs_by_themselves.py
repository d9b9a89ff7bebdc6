"""Runs of functions by themselves: what is around a handler, how long it took, and whose modules are whose.

Also what becomes of posts to endpoints.
"""

from __future__ import annotations

import io
import json
import os
import sys
import types
import zipfile
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud import Cloud, UsageError
from minicloud.core.errands import Post
from minicloud.engine import function_runs, handlers
from minicloud.engine.function_code import FunctionCode
from minicloud.engine.lambda_context import LambdaContext
from minicloud.engine.overlays import NOTHING, Overlays
from minicloud.services.lambda_.results import Failure
from tests.support.strikes_within import struck_within

from .broken import SECOND, Source

# --- code of archives -------------------------------------------------------------------------------------------------


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return content.getvalue()


def code_of(handler: str = "app.handler", **files: str) -> FunctionCode:
    """The code of a version that has these files."""
    version: Any = SimpleNamespace(handler=handler, code=SimpleNamespace(archive=packed(**files)))
    return FunctionCode(version)


def a_function(cloud: Cloud, environment: dict[str, str] | None = None, **files: str) -> Any:
    """Runs a function of these files: what it answers, parsed."""
    client = cloud.client("lambda")
    client.create_function(
        FunctionName="f",
        Role="arn:aws:iam::123456789012:role/r",
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": packed(**files)},
        Environment={"Variables": environment or {}},
    )
    cloud.clock.advance(10)
    return lambda: json.loads(client.invoke(FunctionName="f", Payload=b"{}")["Payload"].read())


def test_a_folder_without_code_has_neither_text_nor_code() -> None:
    """As Python's own loaders say; and what the archive has not, has none either."""
    code = code_of(**{"app.py": "VALUE = 1\n", "folder/text.txt": "", "package/__init__.py": "VALUE = 2\n"})
    for name in ("folder", "nowhere"):
        assert (code.get_source(name), code.get_code(name)) == (None, None)
    assert [code.get_source(name) for name in ("app", "package")] == ["VALUE = 1\n", "VALUE = 2\n"]


def test_what_an_archive_brings_along_of_python_and_of_the_sdk_is_the_test_s() -> None:
    """Else it would reach AWS, or be another minicloud."""
    of_the_test = ["aioboto3", "aiobotocore", "boto3", "botocore", "minicloud", "s3transfer", "json", "sys"]
    code = code_of(**{f"{name}/{file}.py": "" for name in [*of_the_test, "own"] for file in ("__init__", "inner")})
    for part in ("", ".inner"):
        assert [code.find_spec(f"{name}{part}") for name in of_the_test] == [None] * len(of_the_test)
        assert code.find_spec(f"own{part}") is not None


def test_code_is_compiled_as_it_is_written() -> None:
    """What minicloud's own code begins with says nothing of it: its annotations are no texts."""
    run = a_function(
        Cloud(clock="virtual"),
        **{
            "app.py": "def handler(event: dict, context):\n    return type(handler.__annotations__['event']).__name__\n"
        },
    )
    assert run() == "type"


def test_what_the_test_has_imported_is_out_of_sight_after_a_failed_import_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the run ends: another run of the same code may go on."""
    mine = types.ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", mine)
    code = code_of(**{"app.py": "import nothing_like_it\n"})
    for _ in range(2):
        code.enter()
    for _ in range(2):
        with pytest.raises(Exception, match="nothing_like_it"):
            code.handler()
        assert "app" not in sys.modules
    code.leave()
    assert "app" not in sys.modules
    code.leave()
    assert sys.modules["app"] is mine
    assert code not in sys.meta_path


def test_code_that_was_not_entered_again_takes_nothing_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its modules live from run to run; one that is interrupted before it has begun ends all the same."""
    code = code_of(**{"app.py": "def handler(*_): pass\n"})
    code.enter()
    code.handler()
    code.leave()
    mine = types.ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", mine)
    code.leave()
    assert sys.modules["app"] is mine


def test_a_package_of_which_a_part_is_compiled_is_the_test_s() -> None:
    code = code_of(**{f"{kind}/{name}": "" for kind in ("so", "pyd", "dylib") for name in ("__init__.py", f"x.{kind}")})
    assert [code.find_spec(kind) for kind in ("so", "pyd", "dylib")] == [None] * 3


@pytest.mark.parametrize("entry", ["vendor", "vendor/", "/vendor", "vendor~"])
def test_a_folder_on_the_path_is_the_archive_s_however_it_is_written(
    monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, f"/var/task/{entry}"])
    code = code_of(**{f"{folder}/brought.py": "" for folder in ("vendor", "vendor~")})
    spec = code.find_spec("brought")
    assert spec is not None
    assert spec.origin == f"/var/task/{entry.strip('/')}/brought.py"


@pytest.mark.parametrize("handler", ["src.app.handler", "src/app.handler", "app.handler"])
def test_a_handler_is_near_where_a_file_of_its_name_is(handler: str) -> None:
    code = code_of(handler, **{"lib/app.py": "", "lib/apps.py": "", "a.py": ""})
    with pytest.raises(Failure) as caught:
        code.handler()
    note = "the archive has lib/app.py: Handler='lib/app.handler', or put it at the archive's top"
    assert getattr(caught.value.__cause__, "__notes__", None) == [note]


def test_a_failed_run_that_goes_on_after_an_interruption_has_the_lines_of_its_archive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And takes nothing from the test that has a module of that name: its handler does not run again."""
    mine = types.ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", mine)
    cloud = Cloud(clock="virtual")
    run = a_function(cloud, **{"app.py": "def handler(*_):\n    raise ValueError('of the function')\n"})
    code_of(**{"app.py": "of\nanother\n"}).show_sources()
    ahead = [KeyboardInterrupt]
    real = FunctionCode.show_sources

    def show(code: FunctionCode) -> None:
        if ahead:
            raise ahead.pop()
        real(code)

    monkeypatch.setattr(FunctionCode, "show_sources", show)
    with pytest.raises(KeyboardInterrupt):
        run()
    cloud.clock.advance(0)
    line = "  File \"/var/task/app.py\", line 2, in handler\n    raise ValueError('of the function')\n"
    assert cloud.invocations.last.result["stackTrace"] == [line]
    assert sys.modules["app"] is mine


def test_a_run_without_code_has_nothing_to_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves nothing behind."""
    monkeypatch.delenv("OF_THE_RUN", raising=False)
    function = SimpleNamespace(name="f", state=SimpleNamespace(region_name="eu-west-1"))
    version: Any = SimpleNamespace(
        function=function,
        version="1",
        memory=128,
        log_group="/aws/lambda/f",
        handler=None,
        runtime=None,
        environment={"OF_THE_RUN": "1"},
        code=SimpleNamespace(callable=None),
    )
    run: Any = SimpleNamespace(log_stream="s")
    around = function_runs._Around(run, version, None)
    with pytest.raises(TypeError, match=r"^nothing to call$"):
        around.begin()
    assert os.environ["OF_THE_RUN"] == "1"
    around.end()
    assert "OF_THE_RUN" not in os.environ


# --- overlays ---------------------------------------------------------------------------------------------------------


def test_an_overlay_that_lies_there_twice_is_lifted_twice() -> None:
    """As that of two runs of one version is, which overlap."""
    mapping: dict[str, Any] = {"kept": 1}
    overlays = Overlays(mapping)
    values = {"kept": 2, "new": 3, "gone": NOTHING}
    overlays.lay(values)
    overlays.lay(values)
    overlays.lift(values)
    assert (mapping, len(overlays.active)) == ({"kept": 2, "new": 3}, 1)
    overlays.lift(values)
    assert (mapping, len(overlays.active)) == ({"kept": 1}, 0)
    overlays.lift(values)  # not to have laid it is fine
    assert (mapping, overlays.before(values)) == ({"kept": 1}, {})


# --- how long a handler has taken -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_async", [False, True])
def test_how_long_a_handler_has_taken_by_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch, is_async: bool) -> None:
    now = [100.0]
    monkeypatch.setattr(function_runs, "perf_counter", lambda: now[0])
    cloud = Cloud(clock="virtual")

    def work(*_: Any) -> None:
        now[0] += 5

    async def work_async(*_: Any) -> None:
        now[0] += 5

    cloud.function("f", work_async if is_async else work)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert [run.real_seconds for service in cloud.services("lambda") for run in service.runs] == [5]


def test_a_run_has_started_when_its_handler_is_called() -> None:
    """Not when it was held."""
    source = Source()
    cloud = Cloud(clock=source)
    cloud.function("f", lambda *_: None)
    with cloud.hold_handlers():
        cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
        source.now += 60 * SECOND
    (run,) = [run for service in cloud.services("lambda") for run in service.runs]
    assert (run.outcome, run.started) == ("success", source.now)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_run_has_ended_when_its_handler_has(is_async: bool) -> None:
    """Not when somebody has taken note of it."""

    class Ticking(Source):
        def time_ns(self) -> Any:
            self.now += SECOND
            return self.now

    cloud = Cloud(clock=Ticking())
    told: list[int] = []

    def work(*_: Any) -> None:
        told.append(cloud.time_ns())

    async def work_async(*_: Any) -> None:
        told.append(cloud.time_ns())

    cloud.function("f", work_async if is_async else work, timeout=900)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    (run,) = [run for service in cloud.services("lambda") for run in service.runs]
    assert (run.ended, run.left) == (told[0] + SECOND, told[0] + SECOND)


# --- endpoints --------------------------------------------------------------------------------------------------------


def test_what_nobody_listens_to_counts_as_delivered() -> None:
    """It has left the cloud, once."""
    cloud = Cloud(clock="virtual", trace=True)
    confirmations: list[str] = []
    url = "https://example.com/hook"
    cloud.http_endpoint(url, lambda request: confirmations.append(request.json()["SubscribeURL"]))
    sns = cloud.client("sns")
    arn = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="https", Endpoint=url)
    cloud.visit(confirmations[0])
    cloud.handlers.endpoints.clear()
    sns.publish(TopicArn=arn, Message="m")
    cloud.clock.advance(24 * 3600)
    assert [json.loads(departure.body)["Message"] for departure in cloud.outbox] == ["m"]
    kinds = [event.kind for event in cloud.trace if event.kind.startswith("sns.delivery")]
    assert kinds == ["sns.delivery.succeeded"]


def test_what_an_endpoint_raised_is_told_of_the_delivery() -> None:
    cloud = Cloud(clock="virtual", trace=True)

    def listen(_: object) -> None:
        raise ValueError("no room")

    cloud.http_endpoint("https://example.com/", listen)
    sns = cloud.client("sns")
    sns.subscribe(TopicArn=sns.create_topic(Name="t")["TopicArn"], Protocol="https", Endpoint="https://example.com/")
    assert [event.details["reason"] for event in cloud.trace if "reason" in event.details] == ["ValueError: no room"]


def test_an_async_endpoint_into_which_something_comes_has_failed_by_that() -> None:
    cloud = Cloud(clock="virtual", trace=True)

    async def listen(_: object) -> None:
        raise KeyboardInterrupt

    cloud.http_endpoint("https://example.com/", listen)
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    with pytest.raises(KeyboardInterrupt):
        sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/")
    reasons = [event.details["reason"] for event in cloud.trace if "reason" in event.details]
    assert reasons == ["RuntimeError: its handler was ended by KeyboardInterrupt()"]


@pytest.mark.parametrize(("answer", "status"), [(None, 200), (204, 204), ((500, "body"), 500), ((None, "body"), 200)])
def test_which_status_an_endpoint_means(answer: Any, status: int) -> None:
    assert handlers._status_of(answer) == status


@pytest.mark.parametrize("listens", ["https://example.com/hook", "https://example.com/hook#a"])
@pytest.mark.parametrize("endpoint", ["https://example.com/hook", "https://example.com/hook#b"])
def test_a_fragment_is_no_part_of_where_a_post_goes(listens: str, endpoint: str) -> None:
    cloud = Cloud(clock="virtual")
    posted: list[str] = []
    cloud.http_endpoint(listens, lambda request: posted.append(request.url))
    sns = cloud.client("sns")
    sns.subscribe(TopicArn=sns.create_topic(Name="t")["TopicArn"], Protocol="https", Endpoint=endpoint)
    assert (posted, len(cloud.outbox)) == ([endpoint], 0)


def test_who_posts_to_where_nobody_listens_has_the_status_200() -> None:
    cloud = Cloud(clock="virtual")
    departure: Any = SimpleNamespace(endpoint="https://example.com/")
    settled: list[Any] = []
    post = Post(departure, lambda *told: settled.append(told))
    cloud.handlers.prepare(7, post)
    assert (settled, list(cloud.outbox), post.target) == ([(7, 200, None)], [departure], None)


def test_where_nobody_listens_any_more_a_delivery_fails_for_good() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    confirmations: list[str] = []
    url = "https://example.com/hook"
    cloud.http_endpoint(url, lambda request: confirmations.append(request.json().get("SubscribeURL")))
    sns = cloud.client("sns")
    arn = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="https", Endpoint=url)
    cloud.visit(confirmations[0])
    with cloud.hold_handlers():
        sns.publish(TopicArn=arn, Message="m")
        cloud.handlers.endpoints.clear()
    cloud.clock.advance(24 * 3600)
    failed = [event.details["reason"] for event in cloud.trace if event.kind == "sns.delivery.failed"]
    assert failed == [f"Undeliverable: nobody listens to {url} any more"]
    assert not [event for event in cloud.trace if "retr" in event.kind]


# --- what is no error of a handler's ----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_async", [False, True])
def test_of_what_comes_into_a_handler_its_log_has_one_entry(is_async: bool) -> None:
    """It is written down as what the run was ended by, and not as what the handler has raised besides."""
    cloud = Cloud(clock="virtual")

    def work(*_: Any) -> None:
        raise KeyboardInterrupt

    async def work_async(*_: Any) -> None:
        raise KeyboardInterrupt

    cloud.function("f", work_async if is_async else work)
    with pytest.raises(KeyboardInterrupt):
        cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    run = cloud.invocations.last
    told = "its handler was ended by KeyboardInterrupt()"
    assert [line.rstrip() for line in run.log if "[ERROR]" in line] == [f"[ERROR] RuntimeError: {told}"]
    assert (run.outcome, str(run.error)) == ("error", told)


@pytest.mark.parametrize("settings", [{"timeout": 900.5}, {"timeout": 901}, {"timeout": 0}, {"memory": 0}])
def test_settings_just_beyond_their_bounds(settings: dict[str, Any]) -> None:
    cloud = Cloud(clock="virtual")
    with pytest.raises(UsageError):
        cloud.function("f", print, **settings)
    with pytest.raises(UsageError, match="up to 64 letters"):
        cloud.function("f" * 65, print)


def test_a_run_that_is_interrupted_as_it_begins_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At no place up to where its handler is called."""
    monkeypatch.setenv("OF_THE_TEST", "1")
    before = dict(os.environ)
    within = ("_Around.begin", "Overlays.lay", "Overlays.before")
    for number in count(1):
        cloud = Cloud(clock="virtual")
        cloud.function("f", lambda *_: None, environment={"OF_THE_TEST": "2", "OF_THE_RUN": "3"})
        invoke = partial(cloud.client("lambda").invoke, FunctionName="f", Payload=b"{}")
        _, place = struck_within(invoke, within, number)
        assert dict(os.environ) == before, place
        if not place:
            break
    assert number > 4


@pytest.mark.parametrize("is_archive", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_a_run_that_is_interrupted_as_it_ends_has_put_all_back_when_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, fails: bool, is_archive: bool
) -> None:
    """At each place after its handler, of which the run then has the result."""
    monkeypatch.setenv("OF_THE_TEST", "1")
    before, path, out = dict(os.environ), list(sys.meta_path), sys.stdout
    within = ("_Around.end", "FunctionCode.leave", "Overlays.lift", "Overlays._remove", "Overlays._fall_back_all")
    source = f"def handler(event, context):\n    {'raise ValueError' if fails else 'return event'}"
    for number in count(1):
        cloud = Cloud(clock="virtual")
        environment = {"OF_THE_TEST": "2", "OF_THE_RUN": "3"}
        if is_archive:
            a_function(cloud, environment, **{"app.py": source})
        else:
            cloud.function("f", lambda *_: 1 // (not fails), environment=environment)
        invoke = partial(cloud.client("lambda").invoke, FunctionName="f", InvocationType="Event", Payload=b"{}")
        _, place = struck_within(invoke, (*within, "Overlays._fall_back"), number)
        cloud.clock.advance(0)
        assert (dict(os.environ), sys.meta_path, sys.stdout, "app" in sys.modules) == (before, path, out, False), place
        assert [(run.outcome, run.attempt) for run in cloud.invocations][:1] == [("error" if fails else "success", 1)]
        if not place:
            break
    assert number > 6


@pytest.mark.parametrize(("when", "calls"), [("before", 0), ("after", 1)])
def test_a_run_whose_process_dies_has_run_its_handler_or_not(when: Any, calls: int) -> None:
    cloud = Cloud(clock="virtual")
    called: list[int] = []
    cloud.function("f", lambda *_: called.append(1))
    cloud.faults.crash(when, function="f", first=1)
    answer = cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert json.loads(answer["Payload"].read())["errorType"] == "Runtime.ExitError"
    assert len(called) == calls
    assert os.environ.get("AWS_LAMBDA_FUNCTION_NAME") is None


ARN = "arn:aws:lambda:eu-west-1:111122223333:function:f"


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:prod"])
def test_a_function_may_be_given_by_its_arn_with_a_qualifier(arn: str) -> None:
    cloud = Cloud(clock="virtual")
    assert cloud.function(arn, lambda *_: "answered") == arn
    client = cloud.client("lambda", "eu-west-1", account_id="111122223333")
    assert client.invoke(FunctionName="f")["Payload"].read() == b'"answered"'


@pytest.mark.parametrize(
    "arn",
    [
        ARN.removesuffix(":f"),
        f"{ARN}:prod:more",
        ARN.replace("eu-west-1", ""),
        ARN.replace("111122223333", ""),
        ARN.replace("lambda", "sqs"),
        ARN.replace("function", "layer"),
    ],
)
def test_what_is_no_arn_of_a_function(arn: str) -> None:
    with pytest.raises(UsageError, match="is not a function: give a name, or an ARN such as arn:aws:lambda"):
        Cloud(clock="virtual").function(arn, print)


def test_a_run_that_has_not_started_has_no_context() -> None:
    run: Any = SimpleNamespace(version=None)
    with pytest.raises(TypeError, match=r"^a run that has not started has no context$"):
        LambdaContext(run, lambda: 0).log_group_name  # noqa: B018


@pytest.mark.parametrize("name", ["__wrapped__", "nothing"])
def test_what_a_context_has_not_is_told_as_of_any_object(name: str) -> None:
    context = LambdaContext(SimpleNamespace(), lambda: 0)  # type: ignore[arg-type]
    vars(context)["function_name"] = "f"
    with pytest.raises(AttributeError, match=f"^'LambdaContext' object has no attribute '{name}'$"):
        getattr(context, name)
