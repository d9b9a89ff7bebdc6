"""Paginators: an operation called page by page, as botocore's paginators do it.

What to ask for next, what to cut off, and where a later run can go on is decided by a ``Walk``, which makes no calls.
The iterators, sync and asyncio, are the loops around it.

A walk that ``MaxItems`` ends inside a page leaves a *resume token*: the service's own token of that page and how many
of its items were seen, as base64 of JSON. Given as ``StartingToken`` it makes the next walk ask for the page again and
leave those items out. botocore's tokens and these are the same.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from itertools import tee
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..core.service import Pagination, Service
from ..exceptions import OperationNotPageableError, PaginationError, UsageError, visible
from .async_items import AsyncItems

__all__ = [
    "AsyncPageIterator",
    "AsyncPaginator",
    "BasePageIterator",
    "PageIterator",
    "Pages",
    "Paginator",
    "Walk",
    "compile_jmespath",
    "pagination_of",
]

if TYPE_CHECKING:
    from .declared import PageT  # with a default, which Python 3.11 does not know
else:
    PageT = TypeVar("PageT")

_TRUNCATED = "boto_truncate_amount"
_STEP = re.compile(r"(\w+)(?:\[(-?\d+)\])?$")


class Path:
    """The way to a value in an answer: ``"Topics"``, ``"StreamDescription.Shards[-1].ShardId"``.

    ``"NextMarker || Contents[-1].Key"`` is the first that there is.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._steps: list[tuple[str, int | None]] = []
        first, _, otherwise = expression.partition(" || ")
        self._otherwise = Path(otherwise) if otherwise else None
        for step in first.split("."):
            match = _STEP.match(step)
            if match is None:
                raise ValueError(f"{expression!r} is not a path into an answer")
            name, index = match.groups()
            self._steps.append((name, None if index is None else int(index)))

    def search(self, answer: Any) -> Any:
        """The value; None where something on the way is missing."""
        value = answer
        for name, index in self._steps:
            value = value.get(name) if isinstance(value, dict) else None
            if index is not None:
                value = value[index] if value else None
        if not value and self._otherwise is not None:
            return self._otherwise.search(answer)
        return value

    def put(self, answer: dict[str, Any], value: Any) -> None:
        """Set the value, with the structures around it where they are missing."""
        *outer, (last, _) = self._steps
        for name, _ in outer:
            answer = answer.setdefault(name, {})
        answer[last] = value

    def __repr__(self) -> str:
        return f"<path {self.expression}>"


class Pages:
    """How an operation is paged: its ``Pagination`` with the paths made ready."""

    def __init__(self, model: Pagination) -> None:
        self.input_tokens = _all_of(model.input_token)
        self.output_tokens = [Path(token) for token in _all_of(model.output_token)]
        self.limit_key = model.limit_key
        self.result_keys = [Path(key) for key in model.result_keys]
        self.more_results = None if model.more_results is None else Path(model.more_results)
        self.non_aggregate_keys = [Path(key) for key in model.non_aggregate_keys]


def _all_of(token: str | tuple[str, ...]) -> tuple[str, ...]:
    return (token,) if isinstance(token, str) else token


def pagination_of(service: Service, operation_name: str) -> Pages:
    """How a service's operation (by its method's name) is paged. Raises ``OperationNotPageableError``."""
    model = service.paginators.get(operation_name)
    if model is None:
        raise visible(OperationNotPageableError)(operation_name=operation_name)
    return Pages(model)


class Walk:
    """One run over the pages; in turns: a call with ``params``, ``trim(page)``, the caller has it, ``go_on(page)``."""

    def __init__(self, pages: BasePageIterator) -> None:
        self._iterator = pages
        self._pages = pages.pages
        self._max_items = pages.max_items
        # As in botocore these are the iterator's own: a second run over the same iterator starts at the page where
        # the first one stopped.
        self.params = pages.params
        self.done = False
        self._token: dict[str, Any] = dict.fromkeys(self._pages.input_tokens)
        self._previous: dict[str, Any] | None = None
        self._seen = 0
        self._left_out = 0
        self._first = True
        if pages.starting_token is not None:
            self._token, self._left_out = parse_token(pages.starting_token, self._pages.input_tokens)
            self._ask_for(self._token)
        if pages.page_size is not None and self._pages.limit_key is not None:
            self.params[self._pages.limit_key] = pages.page_size

    def trim(self, page: dict[str, Any]) -> None:
        """Take from the page what an earlier walk has seen, and what is more than ``MaxItems``."""
        if self._first:
            self._first = False
            if self._iterator.starting_token is not None:
                self._leave_out(page)
            self._iterator.note_first(page)
        else:
            self._left_out = 0
        key = self._pages.result_keys[0]
        items = key.search(page) or []
        if self._max_items is not None and self._seen + len(items) > self._max_items:
            kept = self._max_items - self._seen
            key.put(page, items[:kept])
            self._iterator.resume_at({**self._token, _TRUNCATED: kept + self._left_out})
            self.done = True
        self._seen += len(items)

    def go_on(self, page: dict[str, Any]) -> None:
        """Find out what to ask for next. Raises ``PaginationError`` when the service repeats itself."""
        if self.done:
            return
        pages = self._pages
        # An empty token is none.
        tokens = [token.search(page) or None for token in pages.output_tokens]
        if not any(tokens) or (pages.more_results is not None and not pages.more_results.search(page)):
            self.done = True
            return
        self._token = dict(zip(pages.input_tokens, tokens, strict=True))
        if self._seen == self._max_items:
            self._iterator.resume_at(self._token)
            self.done = True
            return
        if self._token == self._previous:
            raise visible(PaginationError)(message=f"The same next token was received twice: {self._token}")
        self._previous = self._token
        self._ask_for(self._token)

    def _ask_for(self, token: dict[str, Any]) -> None:
        for name, value in token.items():
            if value is None or value == "None":
                self.params.pop(name, None)
            else:
                self.params[name] = value

    def _leave_out(self, page: dict[str, Any]) -> None:
        primary, *others = self._pages.result_keys
        items = primary.search(page)
        primary.put(page, items[self._left_out :] if isinstance(items, list) else None)
        for key in others:
            key.put(page, [] if isinstance(key.search(page), list) else None)


class BasePageIterator:
    """What sync and asyncio page iterators share: where the walk starts, where a later one can go on."""

    def __init__(
        self,
        method: Callable[..., Any],
        pages: Pages,
        params: dict[str, Any],
        *,
        max_items: int | None,
        page_size: int | None,
        starting_token: str | None,
    ) -> None:
        self._method = method
        self.pages = pages
        self.params = params
        self.max_items = max_items
        self.page_size = page_size
        self.starting_token = starting_token
        self._resume_token: str | None = None
        self._non_aggregate_part: dict[str, Any] = {}

    @property
    def result_keys(self) -> list[Path]:
        """Where an answer has its items; each key has ``expression`` and ``search(page)``."""
        return self.pages.result_keys

    @property
    def resume_token(self) -> str | None:
        """What to give as ``StartingToken`` to go on where ``MaxItems`` has stopped; None when nothing was left."""
        return self._resume_token

    @property
    def non_aggregate_part(self) -> dict[str, Any]:
        """What ``build_full_result`` has beside the items, from the first page."""
        return self._non_aggregate_part

    def note_first(self, page: dict[str, Any]) -> None:
        """Keep what only the first page tells."""
        part: dict[str, Any] = {}
        for key in self.pages.non_aggregate_keys:
            key.put(part, key.search(page))
        self._non_aggregate_part = part

    def resume_at(self, token: dict[str, Any]) -> None:
        """Make a resume token. Raises ``ValueError`` when the starting token was made for another operation."""
        if set(token) - {_TRUNCATED} != set(self.pages.input_tokens):
            raise ValueError(f"Bad starting token: {token}")
        self._resume_token = b64encode(json.dumps(token).encode()).decode()

    def _add(self, page: Any, total: dict[str, Any]) -> None:
        for key in self.result_keys:
            items = key.search(page)
            if items is None:
                continue
            found = key.search(total)
            if found is None:
                key.put(total, items)
            else:
                found.extend(items)

    def _complete(self, total: dict[str, Any]) -> dict[str, Any]:
        for key in self.pages.non_aggregate_keys:
            key.put(total, key.search(self._non_aggregate_part))
        if self._resume_token is not None:
            total["NextToken"] = self._resume_token
        return total


class PageIterator(BasePageIterator, Generic[PageT]):
    """The pages of one ``paginate()``; each is an answer of the operation."""

    def __iter__(self) -> Iterator[PageT]:
        walk = Walk(self)
        while not walk.done:
            page: Any = self._method(**walk.params)
            walk.trim(page)
            yield page
            walk.go_on(page)

    def build_full_result(self) -> dict[str, Any]:
        """All pages as one: the items, and ``NextToken`` when ``MaxItems`` has left some."""
        total: dict[str, Any] = {}
        for page in self:
            self._add(page, total)
        return self._complete(total)

    def search(self, expression: str) -> Iterator[Any]:
        """What a JMESPath expression finds on each page; lists item by item. Needs the package ``jmespath``."""
        compiled = compile_jmespath(expression)
        return self._search(compiled)

    def _search(self, compiled: Any) -> Iterator[Any]:
        for page in self:
            found = compiled.search(page)
            if isinstance(found, list):
                yield from found
            else:
                yield found

    def result_key_iters(self) -> list[Iterator[Any]]:
        """An iterator over the items for each of the result keys, all of them over one run."""
        return [
            _items_of(pages, key) for pages, key in zip(tee(self, len(self.result_keys)), self.result_keys, strict=True)
        ]


def _items_of(pages: Iterator[Any], key: Path) -> Iterator[Any]:
    for page in pages:
        yield from key.search(page) or ()


class AsyncPageIterator(BasePageIterator, Generic[PageT]):
    """The pages of one ``paginate()``, for ``async for``."""

    def __aiter__(self) -> AsyncIterator[PageT]:
        walk = Walk(self)
        last: Any = None

        async def next_page() -> PageT:
            nonlocal last
            page, last = last, None
            try:
                if page is not None:
                    walk.go_on(page)
                if not walk.done:
                    page = await self._method(**walk.params)
                    walk.trim(page)
                    last = page
                    return page  # type: ignore[no-any-return]
            except BaseException:
                walk.done = True  # after an error there are no more pages, as in botocore
                raise
            raise StopAsyncIteration

        return AsyncItems(next_page)

    async def build_full_result(self) -> dict[str, Any]:
        """All pages as one: the items, and ``NextToken`` when ``MaxItems`` has left some."""
        total: dict[str, Any] = {}
        async for page in self:
            self._add(page, total)
        return self._complete(total)

    def search(self, expression: str) -> AsyncIterator[Any]:
        """What a JMESPath expression finds on each page; lists item by item. Needs the package ``jmespath``."""
        return self._search(compile_jmespath(expression))

    def _search(self, compiled: Any) -> AsyncIterator[Any]:
        pages = aiter(self)
        items: Iterator[Any] = iter(())

        async def next_item() -> Any:
            nonlocal items
            while True:
                for item in items:
                    return item
                found = compiled.search(await anext(pages))
                items = iter(found if isinstance(found, list) else (found,))

        return AsyncItems(next_item)

    def result_key_iters(self) -> list[AsyncIterator[Any]]:
        """An asynchronous iterator over the items for each of the result keys, all of them over one run."""
        from asyncio import Lock  # dear to import, and here by now

        source = aiter(self)
        seen: list[Any] = []
        turn = Lock()  # of two tasks that come to the end of what was seen, one asks for more

        async def page_at(place: int) -> Any:
            async with turn:
                if place == len(seen):
                    seen.append(await anext(source))
            return seen[place]

        return [_items_at(page_at, key) for key in self.result_keys]


def _items_at(page_at: Callable[[int], Coroutine[Any, Any, Any]], key: Path) -> AsyncIterator[Any]:
    items: Iterator[Any] = iter(())
    place = 0

    async def next_item() -> Any:
        nonlocal items, place
        while True:
            for item in items:
                return item
            page = await page_at(place)
            place += 1
            items = iter(key.search(page) or ())

    return AsyncItems(next_item)


class BasePaginator:
    """What sync and asyncio paginators share: reading the configuration."""

    def __init__(self, method: Any, pages: Pages) -> None:
        self._method = method
        self._pages = pages

    @property
    def result_keys(self) -> list[Path]:
        """Where an answer has its items; each key has ``expression`` and ``search(page)``."""
        return self._pages.result_keys

    def _arguments(self, params: dict[str, Any]) -> dict[str, Any]:
        config = params.pop("PaginationConfig", {})
        max_items = config.get("MaxItems")
        page_size = config.get("PageSize")
        if page_size is not None and self._pages.limit_key is None:
            raise visible(PaginationError)(
                message="PageSize parameter is not supported for the pagination interface for this operation."
            )
        return {
            "method": self._method,
            "pages": self._pages,
            "params": params,
            "max_items": None if max_items is None else int(max_items),
            "page_size": None if page_size is None else int(page_size),
            "starting_token": config.get("StartingToken"),
        }


class Paginator(BasePaginator, Generic[PageT]):
    """boto3's paginator of one operation."""

    def paginate(self, **params: Any) -> PageIterator[PageT]:
        """The pages of a call with these parameters; nothing is called before they are iterated.

        ``PaginationConfig`` may have ``MaxItems``, ``PageSize`` and ``StartingToken``. Raises ``PaginationError`` for
        a ``PageSize`` where the operation has no such parameter.
        """
        return PageIterator(**self._arguments(params))


class AsyncPaginator(BasePaginator, Generic[PageT]):
    """aiobotocore's paginator of one operation."""

    def paginate(self, **params: Any) -> AsyncPageIterator[PageT]:
        """The pages of a call with these parameters, for ``async for``; see ``Paginator.paginate``."""
        return AsyncPageIterator(**self._arguments(params))


def parse_token(token: str, input_tokens: tuple[str, ...]) -> tuple[dict[str, Any], int]:
    """A starting token: the service's own token by its parameter's name, and how many items of the page to leave out.

    Takes also a service's bare token, with or without ``___`` and the number of items behind it, as botocore does.
    Raises ``ValueError`` for one that has too many parts.
    """
    try:
        decoded = json.loads(b64decode(token.encode()).decode())
        left_out: int = decoded.get(_TRUNCATED, 0)
        return {name: value for name, value in decoded.items() if name != _TRUNCATED}, left_out
    except (AttributeError, TypeError, ValueError):
        pass
    parts = token.split("___")
    index = 0
    if len(parts) == len(input_tokens) + 1:
        try:
            index = int(parts[-1])
            parts = parts[:-1]
        except ValueError:
            parts = [token]
    if len(parts) > len(input_tokens):
        raise ValueError(f"Bad starting token: {token}")
    given: list[str | None] = [None if part == "None" else part for part in parts]
    return dict(zip(input_tokens, given + [None] * len(input_tokens), strict=False)), index


def compile_jmespath(expression: str) -> Any:
    """A JMESPath expression, compiled where the package is imported already. Raises ``UsageError`` where it is not."""
    jmespath = sys.modules.get("jmespath")
    if jmespath is None:
        raise UsageError(
            "search() needs the package jmespath, which minicloud does not depend on: install it and "
            "'import jmespath' first, or go over the pages in a loop"
        )
    return jmespath.compile(expression)
