"""The text of an error as data: every service has one table of them, in its ``errors.py``."""

from __future__ import annotations

from collections.abc import Callable

from ..exceptions import AwsError

__all__ = ["ErrorText"]


class ErrorText:
    """The exact text of an error, with blanks; calling it makes the error to raise.

    ``make(name, message)`` is how the service makes an error of a name and a message.
    """

    __slots__ = ("lead", "make", "name", "template")

    def __init__(self, make: Callable[[str, str], AwsError], name: str, template: str, lead: str = "") -> None:
        self.make = make
        self.name = name
        self.template = template
        self.lead = lead
        """What stands before the prefix of a call."""

    def __call__(self, *values: object, prefix: str = "", **named: object) -> AwsError:
        """The error, its blanks filled in; ``prefix`` (which parameter it is about, say) stands before its text."""
        return self.make(self.name, f"{self.lead}{prefix}{self.template.format(*values, **named)}")
