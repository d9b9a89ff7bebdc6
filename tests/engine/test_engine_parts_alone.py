"""Small parts of the engine alone: lines of errands, turns, what is held, what left a cloud, who observes it."""

from __future__ import annotations

import asyncio
import contextvars
import importlib.util
import threading
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud import Cloud, UsageError
from minicloud.core.errands import Invoke
from minicloud.core.timeline import SECOND
from minicloud.engine import held_handlers, http_post, interception, new_clouds, settler, turns, waits
from minicloud.engine.lambda_context import LambdaContext
from minicloud.engine.outbox import Outbox
from minicloud.engine.turns import Execution, Lines, Turn
from tests.support.clouds import make_queue, send

# --- lines of errands -------------------------------------------------------------------------------------------------


def test_what_is_put_back_is_the_first_again() -> None:
    lines = Lines()
    first, second, third, fourth = (object() for _ in range(4))
    lines.add(5, second)  # type: ignore[arg-type]
    lines.put_back(first, 5)  # type: ignore[arg-type]
    assert list(lines[5]) == [first, second]
    lines.put_back(third, 6)  # type: ignore[arg-type]
    assert list(lines[6]) == [third]
    lines.put_back(fourth, None)  # type: ignore[arg-type]
    (nobody,) = set(lines) - {5, 6}
    assert isinstance(nobody, int)
    assert nobody < 0
    assert lines.all() == [first, second, third, fourth]
    assert [lines.has(one) for one in (first, second, third, fourth, object())] == [True, True, True, True, False]


def test_from_the_first_one_on_owners_that_are_nobody_are_below_all_threads() -> None:
    spec = importlib.util.spec_from_file_location("minicloud.engine.turns_anew", turns.__file__)
    assert spec is not None
    assert spec.loader is not None
    anew = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(anew)
    lines = anew.Lines()
    for number in range(3):
        lines.add(number, object())
        lines.disown(number)
    assert list(lines) == [-1, -2, -3]


def test_a_line_that_is_empty_is_nobody_s_work() -> None:
    lines = Lines()
    lines.add(5, object())  # type: ignore[arg-type]
    lines[5].clear()
    lines.add(-7, object())  # type: ignore[arg-type]
    assert lines.owner_of_next(None, 5) == -7
    assert 5 not in lines
    lines[-7].clear()
    assert lines.owner_of_next(None, 5) is None
    assert not lines


# --- turns and executions ---------------------------------------------------------------------------------------------


def test_a_turn_knows_the_tasks_that_it_has_started() -> None:
    turn, other = Turn(object()), Turn(object())
    execution: Any = object()
    turn.forget("nothing")
    for task in ("one", "two"):
        turn.add(task, execution)
    assert (dict(turn.tasks), dict(other.tasks)) == ({"one": execution, "two": execution}, {})
    turn.forget("one")
    turn.forget("one")
    assert dict(turn.tasks) == {"two": execution}


def test_how_deep_an_execution_is_inside_of_its_own_cloud_s() -> None:
    runner, other = object(), object()
    errand: Any = object()
    first = Execution(Turn(runner), errand, None)
    second = Execution(Turn(runner), errand, first)
    others = Execution(Turn(other), errand, second)
    assert [one.depth for one in (first, second, others)] == [1, 2, 1]
    assert (first.ended, first.task, first.outer, second.outer) == (False, None, None, first)
    before = turns.current_execution.set(others)
    try:
        assert turns.inside(runner) is second
        assert turns.inside(other) is others
        assert turns.inside(object()) is None
        second.ended = True
        assert turns.inside(runner) is None  # what a handler has left behind is not inside any more
    finally:
        turns.current_execution.reset(before)
    assert turns.inside(runner) is None


def test_a_turn_that_is_too_deep_ends_with_that() -> None:
    turn = Turn(object())
    turn.too_deep = UsageError("too deep")
    errand: Any = SimpleNamespace(owed="run")
    with pytest.raises(UsageError, match=r"^too deep$"):
        turn.check(errand, 10)


@pytest.mark.parametrize(("names", "circle"), [(["a"], "a"), (["a", "b"], "a and b"), (["c", "a", "b"], "a, b and c")])
def test_who_calls_each_other_in_a_circle_is_named(names: list[str], circle: str) -> None:
    turn = Turn(object())
    turn.latest = tuple(names * 2)
    turn.runs = 1_001
    errand: Any = SimpleNamespace(owed="run")
    with pytest.raises(UsageError) as caught:
        turn.check(errand, 1_000)
    assert str(caught.value) == (
        f"1,000 handlers have run for one call, the last ones in a circle: {circle}. What one does leads to the next: "
        "have that end, look at the first round inside of cloud.hold_handlers(), or allow more by "
        "Limits(invocations_per_call=...)"
    )


def test_what_has_ended_a_handler_is_told() -> None:
    assert str(turns.ended_by(KeyboardInterrupt())) == "its handler was ended by KeyboardInterrupt()"


# --- what the trace says of a run -------------------------------------------------------------------------------------


def sent(cloud: Cloud) -> list[Any]:
    """The runs that are told to have sent the messages, by the names of their functions; None if none is."""
    names = {run.request_id: run.function for run in cloud.invocations}
    return [names.get(event.details.get("run_id")) for event in cloud.trace if event.kind == "sqs.message.sent"]


def test_what_a_handler_has_left_behind_is_told_of_no_run() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "q")
    left: list[contextvars.Context] = []

    def work(*_: object) -> None:
        left.append(contextvars.copy_context())
        send(cloud, url, "inside")

    cloud.function("f", work)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    left[0].run(send, cloud, url, "left behind")
    assert sent(cloud) == ["f", None]


def test_a_run_is_told_of_in_its_own_cloud_alone() -> None:
    outer, inner = (Cloud(clock="virtual", trace=True) for _ in range(2))
    urls = {cloud: make_queue(cloud, "q") for cloud in (outer, inner)}

    def work(*_: object) -> None:
        for cloud, url in urls.items():
            send(cloud, url, "m")

    def ask(*_: object) -> None:
        work()
        inner.client("lambda").invoke(FunctionName="inner", Payload=b"{}")

    inner.function("inner", work)
    outer.function("outer", ask)
    inner.client("lambda").invoke(FunctionName="inner", Payload=b"{}")
    outer.client("lambda").invoke(FunctionName="outer", Payload=b"{}")
    assert sent(outer) == [None, "outer", "outer"]
    assert sent(inner) == ["inner", None, "inner"]


def test_what_an_endpoint_does_inside_of_a_run_is_that_run_s() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "q")
    cloud.http_endpoint("https://example.com/", lambda _: send(cloud, url, "m") and None)
    cloud.function("f", lambda *_: None)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    sns = cloud.client("sns")
    sns.subscribe(TopicArn=sns.create_topic(Name="t")["TopicArn"], Protocol="https", Endpoint="https://example.com/")
    assert sent(cloud) == [None]


def test_what_follows_from_something_is_told_to_while_it_is_carried_out() -> None:
    recorder = Cloud(clock="virtual", trace=True).recorder
    details: list[dict[str, Any]] = [{"origin": None}, {"origin": "its own"}, {}]

    def carry_out(*_: object) -> None:
        for one in details:
            recorder._link(one)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        recorder.follow("the first", carry_out, 0, None)
    assert details == [{"origin": "the first"}, {"origin": "its own"}, {"origin": "the first"}]
    assert (recorder._origin, recorder._has_links) == (None, False)
    after: dict[str, Any] = {}
    recorder._link(after)
    assert after == {}


def test_since_a_mark_of_an_empty_record_all_is_new() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    cloud.trace.clear()
    for count in range(3):
        mark = cloud.recorder.mark()
        cloud.client("sqs").list_queues()
        assert [event.number for event in cloud.trace.since(mark)] == [count + 1]


# --- what is held -----------------------------------------------------------------------------------------------------


def test_who_lets_go_is_told_of_each_errand_that_is_held() -> None:
    held = held_handlers.Held()
    told: list[str] = []
    errand: Any = object()
    with held.letting_go("a thread", lambda: told.append("outer")):
        with held.letting_go("a thread", lambda: told.append("inner")), held.letting_go("b", lambda: told.append("b")):
            held.take(errand)
        assert sorted(told) == ["b", "inner"]
        assert list(held.letting) == ["a thread"]
        held.take(errand)
        assert len(told) == 3
    assert held.letting == {}
    line = held.line
    held.renew()
    assert (list(line), list(held.line), line is held.line) == ([errand, errand], [], False)


def test_a_mistake_of_a_held_handler_is_told_beside_what_the_block_ends_with() -> None:
    cloud = Cloud(clock="virtual")
    misuse = UsageError("of a handler")

    def fail(_: object) -> None:
        raise misuse

    runner: Any = SimpleNamespace(held=cloud.errand_runner.held, hold=lambda _: None, hold_no_more=fail)
    with pytest.raises(UsageError) as caught, held_handlers.Holding(runner):
        pass
    assert caught.value is misuse
    with pytest.raises(ValueError, match="of the block") as other, held_handlers.Holding(runner):
        raise ValueError("of the block")
    assert other.value.__notes__ == ["a handler that was held: of a handler"]


@pytest.mark.parametrize(("handlers", "are_held"), [(None, False), ("at_once", False), ("held", True)])
def test_whether_handlers_are_held(handlers: Any, are_held: bool) -> None:
    assert held_handlers.check_handlers(handlers) is are_held


# --- what left, and who observes --------------------------------------------------------------------------------------


def test_what_left_a_cloud_is_a_sequence() -> None:
    outbox = Outbox()
    departures: list[Any] = [
        SimpleNamespace(protocol=protocol, endpoint=endpoint)
        for protocol, endpoint in (("sms", "+1"), ("email", "a@b"), ("sms", "+2"), ("sms", "+1"))
    ]
    for departure in departures:
        outbox.append(departure)
    assert (list(outbox), len(outbox), outbox[0], outbox[1:3]) == (departures, 4, departures[0], departures[1:3])
    assert outbox.to("+1") == [departures[0], departures[3]]
    assert outbox.of("sms") == [departures[0], departures[2], departures[3]]
    assert outbox.has(departures[1])
    assert not outbox.has(SimpleNamespace(protocol="sms", endpoint="+1"))  # type: ignore[arg-type]
    for _ in outbox:
        outbox.clear()
    assert (list(outbox), len(outbox)) == ([], 0)


def test_who_observes_and_who_intervenes_come_and_go() -> None:
    observer: Any = SimpleNamespace(answered=lambda *_: "answered", refused=lambda *_: "refused")
    interceptor: Any = object()
    both = interception.with_interceptor(interception.with_observer(None, observer), interceptor)
    assert both is not None
    assert (both.observer, both.interceptor) == (observer, interceptor)
    assert (both.answered(), both.refused()) == ("answered", "refused")
    alone = interception.with_observer(both, None)
    assert alone is not None
    assert (alone.observer, alone.interceptor, alone.answered(1), alone.refused(1)) == (None, interceptor, None, None)
    assert interception.with_interceptor(alone, None) is None
    assert interception.with_observer(None, None) is None
    assert interception.with_interceptor(None, None) is None
    observed = interception.with_interceptor(both, None)
    assert observed is not None
    assert (observed.observer, observed.interceptor) == (observer, None)


def test_what_happens_to_a_call_in_which_nothing_intervenes() -> None:
    one = interception.Intervention()
    assert {name: getattr(one, name) for name in one.__slots__} == {
        "crash": None,
        "disconnect": None,
        "entries": {},
        "error": None,
        "lose_answer": None,
        "seconds": 0.0,
    }


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        *(("localhost", True), ("LOCALHOST", True), ("user:pass@localhost:80", True), ("localhost.", False)),
        *(("127.0.0.1:8000", True), ("127.255.10.1", True), ("127.0.0", False), ("127.0.0.1.example.com", False)),
        *(("0.0.0.0", True), ("0x0.0.0", False), ("10.0.0.1", False), ("example.com", False), ("", False)),
        *(("[::1]:80", True), ("[::]", True), ("[::2]", False), ("mylocalhost", False)),
    ],
)
def test_which_hosts_are_this_machine(host: str, is_here: bool) -> None:
    assert http_post.is_loopback(f"http://{host}/hook") is is_here


def test_whether_the_cloud_that_is_made_is_the_process_s_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is to the thread alone that makes the default cloud."""
    asked: list[bool] = []

    class Asked(new_clouds.Listener):
        def seed(self, of_process: bool) -> None:
            asked.append(of_process)

        def options(self, of_process: bool) -> dict[str, Any]:
            asked.append(of_process)
            return {}

    monkeypatch.setattr(new_clouds, "listeners", [Asked()])
    for makers in ([], [-5], [threading.get_ident()]):
        monkeypatch.setattr(new_clouds, "makers_of_default", makers)
        new_clouds.said({})
        new_clouds.seed_of_the_next()
    assert asked == [False, False, False, False, True, True]


# --- the background settler -------------------------------------------------------------------------------------------


def test_a_settler_sleeps_until_it_is_woken_and_ends_with_its_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    delays = iter([5.0, 0.0, None])
    done: list[Any] = []
    poked: Any = SimpleNamespace(wait=done.append, clear=lambda: done.append("clear"))
    monkeypatch.setattr(settler, "_settle_once", lambda state: done.append(state) or next(delays))
    settler._settle_forever(lambda: "cloud", poked)  # type: ignore[arg-type,return-value]
    assert done == ["cloud", 5.0, "clear", "cloud", 0.0, "clear", "cloud"]


def test_a_settler_is_woken_by_what_comes_due_earlier_and_by_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []

    class Thread:
        def __init__(self, **options: Any) -> None:
            started.append(options)

        def start(self) -> None:
            started.append("started")

    class State:
        on_earlier: tuple[Any, ...] = ()

    ends: list[Any] = []

    def finalizing(one: object, action: Any) -> Any:
        ends.append(weakref.finalize(one, action))
        return ends[-1]

    monkeypatch.setattr(settler, "finalize", finalizing)
    monkeypatch.setattr(settler.threading, "Thread", Thread)
    state: Any = State()
    settler.BackgroundSettler(state)
    options, _ = started
    reference, poked = options["args"]
    assert (options["target"], options["name"], options["daemon"]) == (
        settler._settle_forever,
        "minicloud-settler",
        True,
    )
    assert reference() is state
    (earlier,) = state.on_earlier
    earlier()
    assert poked.is_set()
    poked.clear()
    assert [one.atexit for one in ends] == [False]  # a program that ends needs none
    del state
    assert reference() is None
    assert poked.is_set()


# --- texts and times --------------------------------------------------------------------------------------------------


def test_of_a_loop_that_makes_tasks_just_now_no_names_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(asyncio, "all_tasks", fail)
    assert waits._sleeping_tasks(object()) == {}
    task = SimpleNamespace(_fut_waiter="a future", get_name=lambda: "a task")
    monkeypatch.setattr(asyncio, "all_tasks", lambda _: [task, SimpleNamespace(get_name=lambda: "another kind")])
    assert waits._sleeping_tasks(object()) == {"a future": "a task", None: "another kind"}


def test_nobody_calls_by_cognito() -> None:
    """[Lambda developer guide: context object in Python]"""
    cloud = Cloud(clock="virtual")
    seen: list[Any] = []
    cloud.function("f", lambda _, context: seen.append(context.identity))
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert vars(seen[0]) == {"cognito_identity_id": None, "cognito_identity_pool_id": None}


def test_how_much_time_a_run_has_left() -> None:
    """In whole milliseconds, of the cloud's clock; none when its time is over."""
    run: Any = SimpleNamespace(started=5 * SECOND, version=SimpleNamespace(timeout=900))
    left = [
        LambdaContext(run, lambda now=now: now).get_remaining_time_in_millis()  # type: ignore[misc]
        for now in (5 * SECOND, 5 * SECOND + 1, 904_999_000_000, 904_999_000_001, 905 * SECOND, 906 * SECOND)
    ]
    assert left == [900_000, 899_999, 1, 0, 0, 0]


def test_why_time_of_a_real_clock_is_not_patched() -> None:
    with pytest.raises(UsageError) as caught:
        Cloud(clock="real").patch_time()
    told = str(caught.value)
    assert told.startswith("patch_time() needs a clock that stands or jumps, and this cloud has <RealClock")
    assert told.endswith(', on which time is the application\'s already: make it with Cloud(clock="virtual")')


def test_in_a_closed_cloud_nothing_is_due_any_more() -> None:
    cloud = Cloud(clock="virtual")
    cloud.timeline.schedule(cloud.time_ns() + SECOND, print)
    cloud.close()
    assert (cloud.timeline.heap, cloud.timeline.next_due) == ([], -1)


def test_what_is_run_is_named() -> None:
    class Run(Invoke):
        name = "f\x1b"

    assert turns.name_of(Run()) == "f\\x1b"
    errand: Any = SimpleNamespace(owed="a call for alarm deep")
    assert turns.name_of(errand) == "a call for alarm deep"
