"""What is quoted of a text that is no JSON, and where in it something is."""

from __future__ import annotations

import pytest

from minicloud.core.json_text import line_and_column, quoted_source


@pytest.mark.parametrize(("length", "more"), [(0, 0), (499, 0), (500, 0), (501, 1), (1_500, 1_000)])
def test_so_much_is_quoted_of_a_source(length: int, more: int) -> None:
    """And how much is left out, if anything is."""
    told = f"[truncated {more} chars]" if more else ""
    assert quoted_source("x" * length) == f'(String)"{"x" * (length - more)}"{told}'


def test_lines_and_columns_begin_with_one() -> None:
    text = "ab\n\ncd"
    places = [line_and_column(text, position) for position in range(len(text) + 1)]
    assert places == [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 3)]
