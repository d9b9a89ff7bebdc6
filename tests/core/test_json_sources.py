"""What is quoted of a text that is no JSON, where in it something is, and how it is shown."""

from __future__ import annotations

import pytest

from minicloud.core.json_text import JsonTextError, line_and_column, quoted_source, read_json
from minicloud.core.shown import escaped


@pytest.mark.parametrize(("length", "more"), [(0, 0), (499, 0), (500, 0), (501, 1), (1_500, 1_000)])
def test_so_much_is_quoted_of_a_source(length: int, more: int) -> None:
    """And how much is left out, if anything is."""
    told = f"[truncated {more} chars]" if more else ""
    assert quoted_source("x" * length) == f'(String)"{"x" * (length - more)}"{told}'


def test_lines_and_columns_begin_with_one() -> None:
    text = "ab\n\ncd"
    places = [line_and_column(text, position) for position in range(len(text) + 1)]
    assert places == [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 3)]


def test_a_text_that_is_nested_too_deeply_says_where() -> None:
    """Behind the bracket that is one too many."""
    assert read_json("[" * 100 + "]" * 100)
    for text, column in (("[" * 1_001 + "]" * 1_001, 1_002), ("[" * 999 + ' {"a":{}}' + "]" * 999, 1_007)):
        with pytest.raises(JsonTextError) as caught:
            read_json(text + "!")
        told = str(caught.value)
        assert told.startswith(
            "Document nesting depth (1001) exceeds the maximum allowed (1000, from "
            "`StreamReadConstraints.getMaxNestingDepth()`)\n at [Source: "
        )
        assert told.endswith(f"; line: 1, column: {column}]")


def test_halves_of_characters_have_escapes_and_their_neighbours_have_none() -> None:
    assert escaped("\ud7ff\ud800\udbff\udc00\udfff\ue000") == "\ud7ff\\ud800\\udbff\\udc00\\udfff\ue000"
    assert escaped("\x1f \x7e\x7f\x9f\xa0") == "\\x1f ~\\x7f\\x9f\xa0"
