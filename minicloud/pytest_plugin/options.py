"""The options that tests set, all of them: what the marker ``minicloud`` takes, and what the ini file takes.

One rule holds for every cloud of a test, however it was made: what its maker was given, else what the nearest marker
says, else the ini file, else the default. A new option is a row of ``OPTIONS``; ``option(config, node, name)`` is what
holds of it for a test, and what is not in the table is refused.

This is loaded in every run: what checks a value loads the library when there is a value to check.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

__all__ = [
    "OPTIONS",
    "Option",
    "add_ini_options",
    "check_ini_file",
    "check_markers",
    "cloud_options",
    "marked_options",
    "option",
]


class Option(NamedTuple):
    """One option. It is in the marker, in the ini file or in both."""

    name: str
    """What the marker calls it; empty for an option of the ini file alone."""
    help: str
    ini: str = ""
    """What the ini file calls it; empty for an option of the marker alone."""
    ini_type: Any = "string"
    default: Any = None
    """What holds when nobody says anything. None and ``""`` are what says nothing."""
    of_cloud: bool = False
    """Whether it is an argument of ``Cloud``."""
    check: Callable[[Any], object] | None = None
    """Raises ``UsageError`` for a value that there is not."""


def _check_account_id(value: Any) -> None:
    from ..core.arns import check_account_id

    check_account_id(value)


def _check_region(value: Any) -> None:
    from ..core.arns import check_region_name

    check_region_name(value)


def _check_clock(value: Any) -> None:
    from ..engine.clock import make_clock

    make_clock(value)


def _check_clock_start(value: Any) -> None:
    from ..engine.clock import check_start

    check_start(value)


def _check_time(value: Any) -> None:
    from ..core.shown import shown
    from ..exceptions import UsageError

    if not isinstance(value, bool):
        raise UsageError(f"time={shown(value)}: give True, for time.sleep and the like on the cloud's clock, or False")


def _check_limits(value: Any) -> None:
    from ..core.limits import Limits

    if not isinstance(value, Limits):
        Limits.named(value)


def _check_delivery(value: Any) -> None:
    from ..core.ids import Identifiers
    from ..engine.chaotic_delivery import chaos_for

    chaos_for(value, Identifiers("0"))


def _check_handlers(value: Any) -> None:
    from ..engine.held_handlers import check_handlers

    check_handlers(value)


def _check_seed(value: Any) -> None:
    from ..engine.state import check_seed

    check_seed(value)


def _check_verdicts(value: Any) -> None:
    from ..inspection.verdicts import check_verdicts

    check_verdicts(value)


def _check_patience(value: Any) -> None:
    from ..core.shown import shown
    from ..exceptions import UsageError

    if not isinstance(value, int | float) or value < 0:
        raise UsageError(f"patience={shown(value)} is not a duration: give seconds of real time")


def _check_body_width(value: Any) -> None:
    from ..core.shown import shown
    from ..exceptions import UsageError

    if not str(value).isdecimal() or int(value) < 20:
        raise UsageError(f"{shown(value)} is not a number of characters from 20 on: give 60, say")


def _check_passthrough(value: Any) -> None:
    from ..boto.mock import check_passthrough

    check_passthrough(value)


def _check_other(value: Any) -> None:
    from ..boto.other_mocks import check_other

    check_other(value)


def _check_network(value: Any) -> None:
    from ..core.shown import shown
    from ..exceptions import UsageError

    if not isinstance(value, bool):
        raise UsageError(f"network={shown(value)}: give True, where calls may go to AWS, or False")


def _check_block_network(value: Any) -> None:
    from ..core.shown import shown
    from ..exceptions import UsageError

    if value not in ("all", "fixtures"):
        raise UsageError(f"{shown(value)}: give all, or fixtures for the tests that have one of minicloud's")


OPTIONS = (
    Option(
        "account_id",
        "the account of a test's clouds",
        ini="minicloud_account_id",
        of_cloud=True,
        check=_check_account_id,
    ),
    Option(
        "region_name",
        "the region of a test's clouds, and of boto3's clients inside a mock",
        ini="minicloud_region",
        of_cloud=True,
        check=_check_region,
    ),
    Option(
        "clock",
        "the clock of a test's clouds: real, virtual or frozen",
        ini="minicloud_clock",
        of_cloud=True,
        check=_check_clock,
    ),
    Option(
        "",
        "when virtual and frozen clocks begin that are given by name: now, or a date (2026-01-01 by default)",
        ini="minicloud_clock_start",
        check=_check_clock_start,
    ),
    Option(
        "time",
        "whether the application's time is that of the test's cloud, as by cloud.patch_time()",
        default=False,
        check=_check_time,
    ),
    Option(
        "limits",
        "the limits of a test's clouds: aws, strict or relaxed",
        ini="minicloud_limits",
        of_cloud=True,
        check=_check_limits,
    ),
    Option(
        "delivery",
        "what may happen to messages in a test's clouds: readable or aws",
        ini="minicloud_delivery",
        of_cloud=True,
        check=_check_delivery,
    ),
    Option(
        "handlers",
        "when functions and endpoints run in a test's clouds: at_once, or held until the test lets time pass",
        ini="minicloud_handlers",
        of_cloud=True,
        check=_check_handlers,
    ),
    Option(
        "seed",
        "the seed of a test's clouds, instead of the test's own id",
        ini="minicloud_seed",
        check=_check_seed,
    ),
    Option(
        "trace",
        "whether a test's clouds are traced, so that a failed test can tell what happened in them",
        ini="minicloud_trace",
        ini_type="bool",
        default=True,
        of_cloud=True,
    ),
    Option(
        "verdicts",
        "what has to hold of a test's clouds at their end",
        ini="minicloud_verdicts",
        ini_type="args",
        default=(),
        check=_check_verdicts,
    ),
    Option(
        "",
        "whether tests that use minicloud and that pytest-asyncio or anyio runs have a loop in the time of their cloud",
        ini="minicloud_event_loop",
        ini_type="bool",
        default=True,
    ),
    Option(
        "other",
        "another mock that answers, inside a test's mocks, for the services that minicloud does not have: moto",
        ini="minicloud_other",
        check=_check_other,
    ),
    Option("passthrough", "the services that a test's mocks let through", check=_check_passthrough),
    Option(
        "",
        "how many characters of a message's body the section of a failed test shows (60 by default)",
        ini="minicloud_body_width",
        check=_check_body_width,
    ),
    Option(
        "patience",
        "how many seconds of real time virtual time waits for what is outside of the cloud",
        check=_check_patience,
    ),
    Option(
        "network",
        "whether calls that a test with one of minicloud's fixtures makes outside of a mock may go to AWS",
        default=False,
        check=_check_network,
    ),
    Option(
        "",
        "which tests' calls may not go to AWS: those with one of minicloud's fixtures (fixtures), or all",
        ini="minicloud_block_network",
        default="fixtures",
        check=_check_block_network,
    ),
)

_BY_NAME = {row.name: row for row in OPTIONS if row.name}
_BY_INI = {row.ini: row for row in OPTIONS if row.ini}


# --- what holds ------------------------------------------------------------------------------------------------------


def option(config: pytest.Config, node: Any, name: str) -> Any:
    """What holds of an option (by its name in the marker, or else in the ini file) for a test, or a class or module.

    With None, for what is no test's: what the ini file says.
    """
    row = _BY_NAME.get(name) or _BY_INI[name]
    if row.name and node is not None:
        for marker in node.iter_markers("minicloud"):
            value = marker.kwargs.get(row.name)
            if value is not None:
                return value
    return of_ini_file(config, row)


def of_ini_file(config: pytest.Config, row: Option) -> Any:
    """What the ini file says of an option, or else its default."""
    value = config.getini(row.ini) if row.ini else None
    return row.default if value is None or value in ("", []) else value


def cloud_options(config: pytest.Config, node: Any) -> dict[str, Any]:
    """The arguments of ``Cloud`` that are said for a test, class or module, or for what is none's; not the seed."""
    of_ini = config.stash.get(_of_clouds, None)
    if of_ini is None:  # it stays as it is for the run, and each new cloud asks
        values = {row.name: of_ini_file(config, row) for row in OPTIONS if row.of_cloud}
        of_ini = config.stash[_of_clouds] = {name: value for name, value in values.items() if value is not None}
    said = {**of_ini, **marked_options(node)}
    said.pop("seed", None)
    return said


_of_clouds = pytest.StashKey[dict[str, Any]]()
"""What the ini file says of clouds."""


def marked_options(node: Any) -> dict[str, Any]:
    """The arguments of ``Cloud`` that the markers alone say for a test, class or module."""
    said: dict[str, Any] = {}
    for marker in () if node is None else node.iter_markers("minicloud"):
        for name, value in marker.kwargs.items():
            if value is not None and (_BY_NAME[name].of_cloud or name == "seed"):
                said.setdefault(name, value)
    return said


# --- what is checked -------------------------------------------------------------------------------------------------


def add_ini_options(parser: pytest.Parser) -> None:
    """Make the options of the ini file known."""
    for row in OPTIONS:
        if row.ini:
            in_marker = f", unless its marker says {row.name}=..." if row.name else ""
            parser.addini(row.ini, row.help + in_marker, type=row.ini_type, default=None)


def check_ini_file(config: pytest.Config) -> None:
    """Refuse options of minicloud's that there are not, and values that there are not."""
    known = getattr(config, "_inicfg", None)
    keys = [*(config.inicfg if known is None else known)]
    keys += [text.partition("=")[0] for text in config.getoption("override_ini", None) or ()]
    for key in keys:
        if key.startswith("minicloud_") and key not in _BY_INI:
            from ..core.near import did_you_mean

            raise pytest.UsageError(
                f"the ini file has an option {key}, which minicloud does not know{did_you_mean(key, _BY_INI)}"
            )
    for row in _BY_INI.values():
        value = of_ini_file(config, row)
        if row.check is not None and value != row.default:
            complaint = _complaint(row, value)
            if complaint:
                raise pytest.UsageError(f"{row.ini}: {complaint}")


def check_markers(node: pytest.Item) -> None:
    """Fail a test whose markers say what there is not: whether or not it has a fixture of minicloud's. O(markers)."""
    for marker in node.iter_markers("minicloud"):
        complaint = _complaint_of(marker)
        if complaint:
            pytest.fail(complaint, pytrace=False)


def _complaint_of(marker: pytest.Mark) -> str:
    if marker.args:
        from ..core.shown import shown

        return (
            f"@pytest.mark.minicloud({shown(marker.args[0])}): it takes keyword arguments only: "
            f"{', '.join(sorted(_BY_NAME))}"
        )
    for name, value in marker.kwargs.items():
        row = _BY_NAME.get(name)
        if row is None:
            from ..core.near import did_you_mean

            meant = did_you_mean(name, _BY_NAME, "{}=")
            return f"@pytest.mark.minicloud takes no {name}={meant or ': it takes ' + ', '.join(sorted(_BY_NAME))}"
        if value is not None and row.check is not None:
            complaint = _complaint(row, value)
            if complaint:
                return f"@pytest.mark.minicloud({name}=...): {complaint}"
    return ""


def _complaint(row: Option, value: Any) -> str:
    from ..exceptions import UsageError

    try:
        if row.check is not None:
            row.check(value)
    except UsageError as error:
        return str(error)
    return ""
