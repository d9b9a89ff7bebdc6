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
    memory: Deduplication[str] = Deduplication()
    accepted: list[tuple[int, object, str]] = []
    now = 0
    for number, (step, key, again) in enumerate(sends):
        now += step
        known = [value for at, one, value in accepted if one == key and now - at < WINDOW]
        found = memory.find(now, key)
        assert found == (known[-1] if known else None)
        if found is None or again:
            memory.remember(now, key, str(number))
            accepted.append((now, key, str(number)))
        # Until then whoever asks need not have it forget anything.
        assert now < memory.next_lapse <= now + WINDOW


def test_what_has_lapsed_is_let_go_of() -> None:
    memory: Deduplication[str] = Deduplication()
    assert memory.next_lapse == FOREVER
    memory.remember(0, "a", "A")
    memory.remember(5, "b", "B")
    memory.lapse(WINDOW)
    assert memory.next_lapse == WINDOW + 5
    assert (memory.find(WINDOW, "a"), memory.find(WINDOW, "b")) == (None, "B")
    memory.lapse(WINDOW + 5)
    assert memory.next_lapse == FOREVER
