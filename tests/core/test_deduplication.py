"""The memory of five minutes against a list of all that was ever accepted."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import example, given

from minicloud.core.deduplication import WINDOW, Deduplication
from minicloud.core.timeline import FOREVER, SECOND

KEYS = st.tuples(st.sampled_from([None, "red", "green"]), st.sampled_from(["1", "2"]))
STEPS = st.sampled_from([0, 0, 1, SECOND, WINDOW - 1, WINDOW, WINDOW + 1])
RED = ("red", "1")


@given(st.lists(st.tuples(STEPS, KEYS, st.booleans()), max_size=30))
@example([(0, RED, False), (WINDOW - 1, RED, False), (1, RED, False)])
@example([(0, RED, False), (1, RED, True), (WINDOW - 1, RED, False)])
def test_an_id_is_remembered_for_five_minutes_from_its_acceptance(
    sends: list[tuple[int, tuple[str | None, str], bool]],
) -> None:
    """Accepted again although it is known (True), it counts from then on."""
    memory: Deduplication[tuple[int, str]] = Deduplication()
    accepted: list[tuple[int, object, str]] = []
    now = 0
    for number, (step, key, again) in enumerate(sends):
        now += step
        known = [value for at, one, value in accepted if one == key and now - at < WINDOW]
        found = memory.find(now, key)
        assert (found and found[1]) == (known[-1] if known else None)
        if found is None or again:
            memory.remember(key, (now, str(number)))
            accepted.append((now, key, str(number)))
        # Until then whoever asks need not have it forget anything.
        assert now < memory.next_lapse <= now + WINDOW


def test_what_has_lapsed_is_let_go_of() -> None:
    memory: Deduplication[tuple[int, str]] = Deduplication()
    assert memory.next_lapse == FOREVER
    memory.remember("a", (0, "A"))
    memory.remember("b", (5, "B"))
    memory.remember("c", (60 * SECOND, "C"))
    assert memory.next_lapse == WINDOW
    memory.lapse(WINDOW)
    assert list(memory.by_key) == ["b", "c"]
    # Not at every call: but who asks is told right.
    assert memory.find(WINDOW + 4, "b") == (5, "B")
    assert memory.find(WINDOW + 5, "b") is None
    assert list(memory.by_key) == ["b", "c"]
    memory.lapse(memory.next_lapse)
    assert list(memory.by_key) == ["c"]
    assert memory.next_lapse == WINDOW + 60 * SECOND
    memory.lapse(WINDOW + 60 * SECOND)
    assert memory.next_lapse == FOREVER
    assert not memory.by_key


def test_what_is_accepted_anew_lapses_after_what_came_between() -> None:
    memory: Deduplication[tuple[int, str]] = Deduplication()
    memory.remember("a", (0, "A"))
    memory.remember("b", (5 * SECOND, "B"))
    memory.remember("a", (10 * SECOND, "again"))
    memory.lapse(WINDOW + 5 * SECOND)
    assert memory.by_key == {"a": (10 * SECOND, "again")}


def test_what_was_accepted_while_the_clock_was_ahead_keeps_nothing_for_ever() -> None:
    memory: Deduplication[tuple[int, str]] = Deduplication()
    memory.remember("ahead", (1_000 * SECOND, "A"))
    memory.remember("b", (0, "B"))
    assert memory.find(WINDOW, "b") is None
    memory.lapse(1_000 * SECOND + WINDOW)
    assert not memory.by_key


def test_mending_finds_when_there_is_something_to_let_go_of() -> None:
    memory: Deduplication[tuple[int, str]] = Deduplication()
    memory.by_key = {"ahead": (9, "A"), "b": (5, "B")}
    memory.mend()
    assert memory.next_lapse == WINDOW + 5
    memory.keep(lambda accepted: accepted[1] == "A")
    assert memory.next_lapse == WINDOW + 9
    memory.keep(lambda accepted: accepted[1] == "C")
    assert memory.next_lapse == FOREVER
