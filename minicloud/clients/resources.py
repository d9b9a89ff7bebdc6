"""What boto3-like resources share.

A resource is a set of identifiers and a client. Its methods are operations with the identifiers filled in: a class
says ``purge = action(Sqs.purge_queue, QueueUrl="url")`` for one that returns the operation's answer, ``made(...)`` for
one that returns a resource, and ``collection(...)`` for a property that lists resources. Those that can be loaded get
their data by ``load()``, when an attribute is first asked for, and forget it after each of their actions, as in boto3.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

from ..core.operation import Operation
from ..core.shown import shown
from .sync import Client

if TYPE_CHECKING:
    from ..core.shapes import Answer

__all__ = [
    "Collection",
    "CollectionManager",
    "LoadedResource",
    "Resource",
    "ResourceLoadException",
    "ResourceMeta",
    "action",
    "collection",
    "made",
]

C = TypeVar("C", bound=Client)
R = TypeVar("R")
T = TypeVar("T", bound="Resource[Any]")


class ResourceLoadException(Exception):
    """A resource has no data and no way to load them; boto3's class of that name as well, where boto3 is imported."""


class ResourceMeta(Generic[C]):
    """``resource.meta``."""

    def __init__(self, service_name: str, identifiers: list[str], client: C) -> None:
        self.service_name = service_name
        self.identifiers = identifiers
        """The names of the identifiers."""
        self.client = client
        """The client that the resource calls."""
        self.data: dict[str, Any] | None = None
        """What was loaded; None before, and after the resource has acted."""

    def __repr__(self) -> str:
        return f"ResourceMeta({self.service_name!r}, identifiers={self.identifiers})"


class Resource(Generic[C]):
    """Something of a service's that its identifiers name; equal to another of its class with the same identifiers."""

    meta: ResourceMeta[C]
    """``.client``, ``.service_name``, ``.identifiers`` (their names), and ``.data``: what was loaded."""
    _subresources: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, name: str = "", subresources: tuple[str, ...] = ()) -> None:
        if name:
            cls.__name__ = name  # boto3's, which shows in repr()
            cls._subresources = subresources

    def __init__(self, client: C, **identifiers: str) -> None:
        for name, value in identifiers.items():
            if value is None:
                raise ValueError(f"Required parameter {name} not set")
        self.meta = ResourceMeta(client.service.name, list(identifiers), client)
        self._identifiers = identifiers

    def get_available_subresources(self) -> list[str]:
        """The names of the resources that this one makes (``queue.Message(...)``)."""
        return list(self._subresources)

    def __repr__(self) -> str:
        identifiers = ", ".join(f"{name}={shown(value, 2_000)}" for name, value in self._identifiers.items())
        return f"{type(self).__name__}({identifiers})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._identifiers == other._identifiers

    def __hash__(self) -> int:
        return hash((type(self), *self._identifiers.values()))

    def _member(self, name: str) -> Any:
        """A member of the data; None when it has no such member."""
        if self.meta.data is None:
            self._fetch()
        return (self.meta.data or {}).get(name)

    def _fetch(self) -> None:
        raise _no_data(f"{type(self).__name__} has no load method")

    def _perform(self, operation: Operation[..., R], identifiers: dict[str, str], args: Any, params: Any) -> R:
        filled = {parameter: self._identifiers[name] for parameter, name in identifiers.items()}
        answer: R = getattr(self.meta.client, operation.method_name)(*args, **filled | params)
        return answer


class LoadedResource(Resource[C]):
    """A resource that has attributes to load."""

    def load(self, *args: Any, **params: Any) -> None:
        """Ask the service for the attributes, now."""
        raise NotImplementedError

    def reload(self, *args: Any, **params: Any) -> None:
        """The same as ``load``."""
        self.load(*args, **params)

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes by name, all of them strings; loaded when first asked for."""
        attributes: dict[str, str] = self._member("Attributes")
        return attributes

    def _fetch(self) -> None:
        self.load()

    def _perform(self, operation: Operation[..., R], identifiers: dict[str, str], args: Any, params: Any) -> R:
        answer = super()._perform(operation, identifiers, args, params)
        self.meta.data = None
        return answer


@overload
def action(operation: Operation[..., None], **identifiers: str) -> Callable[..., Answer]: ...
@overload
def action(operation: Operation[..., R], **identifiers: str) -> Callable[..., R]: ...
def action(operation: Operation[..., Any], **identifiers: str) -> Callable[..., Any]:
    """A resource's method that returns the answer of ``operation``; ``identifiers`` are parameters to fill in."""

    def act(self: Resource[Any], *args: Any, **params: Any) -> Any:
        return self._perform(operation, identifiers, args, params)

    act.__doc__ = operation.__doc__
    return act


def made(operation: Operation[..., Any], kind: Callable[..., T], member: str, **identifiers: str) -> Callable[..., T]:
    """A resource's method that returns a resource, identified by a ``member`` of the operation's answer."""

    def make(self: Resource[Any], *args: Any, **params: Any) -> T:
        answer = self._perform(operation, identifiers, args, params)
        return kind(answer[member], client=self.meta.client)

    make.__doc__ = operation.__doc__
    return make


class collection(Generic[T]):
    """A property that lists resources: ``kind``, identified by ``path`` in the pages of ``operation``.

    ``kind`` is a function that returns the class, for a class may list resources of its own kind. ``path`` is the name
    of the list, with the member of its items behind a dot where they are structures.
    """

    def __init__(
        self, operation: Operation[..., Any], kind: Callable[[], Callable[..., T]], path: str, **identifiers: str
    ) -> None:
        self.operation = operation
        self.kind = kind
        self.identifiers = identifiers
        self._list, _, self._member = path.partition(".")
        self.__doc__ = operation.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> collection[T]: ...
    @overload
    def __get__(self, instance: Resource[Any], owner: type) -> CollectionManager[T]: ...
    def __get__(self, instance: Resource[Any] | None, owner: type) -> collection[T] | CollectionManager[T]:
        return self if instance is None else CollectionManager(self, instance)

    def items_of(self, page: dict[str, Any], client: Client) -> list[T]:
        """The resources of a page."""
        found = page.get(self._list, ())
        kind = self.kind()
        return [kind(item[self._member] if self._member else item, client=client) for item in found]

    def describe(self, parent: Resource[Any], suffix: str) -> str:
        """How a collection of this kind is shown."""
        service_name, _, parent_kind = type(parent).__name__.partition(".")
        owner = service_name if parent_kind == "ServiceResource" else type(parent).__name__
        kind: Any = self.kind()
        return f"{owner}.{self.name}{suffix}({parent!r}, {kind.__name__})"


class CollectionManager(Generic[T]):
    """A resource's property such as ``sqs.queues``: makes collections, is none, and is not iterable."""

    def __init__(self, model: collection[T], parent: Resource[Any]) -> None:
        self._model = model
        self._parent = parent

    def iterator(self, **params: Any) -> Collection[T]:
        """A collection with these parameters of the operation."""
        return Collection(self._model, self._parent, params)

    def all(self) -> Collection[T]:
        """All resources."""
        return self.iterator()

    def filter(self, **params: Any) -> Collection[T]:
        """The resources that the operation lists with these parameters."""
        return self.iterator(**params)

    def limit(self, count: int) -> Collection[T]:
        """At most ``count`` resources."""
        return self.iterator(limit=count)

    def page_size(self, count: int) -> Collection[T]:
        """All resources, ``count`` of them per call."""
        return self.iterator(page_size=count)

    def pages(self) -> Iterator[list[T]]:
        """All resources, page by page."""
        return self.iterator().pages()

    def __repr__(self) -> str:
        return self._model.describe(self._parent, "CollectionManager")


class Collection(Generic[T]):
    """Resources to iterate over; the service is asked page by page, while iterating. Its methods return new ones."""

    def __init__(self, model: collection[T], parent: Resource[Any], params: dict[str, Any]) -> None:
        self._model = model
        self._parent = parent
        self._params = params

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[T]]:
        """The resources page by page; the last page is cut off where a limit says so."""
        model = self._model
        client: Client = self._parent.meta.client
        params = {name: self._parent._identifiers[source] for name, source in model.identifiers.items()} | self._params
        config = {"MaxItems": params.pop("limit", None), "PageSize": params.pop("page_size", None)}
        paginator = client.get_paginator(model.operation.method_name)
        for page in paginator.paginate(PaginationConfig=config, **params):
            yield model.items_of(page, client)

    def all(self) -> Collection[T]:
        """The same resources."""
        return self.filter()

    def filter(self, **params: Any) -> Collection[T]:
        """The resources that the operation lists with these parameters, too."""
        return Collection(self._model, self._parent, self._params | params)

    def limit(self, count: int) -> Collection[T]:
        """At most ``count`` resources."""
        return self.filter(limit=count)

    def page_size(self, count: int) -> Collection[T]:
        """The same resources, ``count`` of them per call."""
        return self.filter(page_size=count)

    def __repr__(self) -> str:
        return self._model.describe(self._parent, "Collection")


def _no_data(text: str) -> Exception:
    boto3_exceptions = sys.modules.get("boto3.exceptions")
    if boto3_exceptions is None:
        return ResourceLoadException(text)
    bases = (ResourceLoadException, boto3_exceptions.ResourceLoadException)
    made_here: type[Exception] = type("ResourceLoadException", bases, {"__module__": __name__})
    return made_here(text)
