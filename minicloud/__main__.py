"""``python3 -m minicloud demo``: what minicloud does, as a timeline on virtual time."""

from __future__ import annotations

import sys

_USAGE = "usage: python3 -m minicloud demo"


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    if arguments == ["demo"]:
        from .demo import run

        run()
        return 0
    print(_USAGE, file=sys.stdout if arguments in (["-h"], ["--help"]) else sys.stderr)
    return 0 if arguments in (["-h"], ["--help"]) else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
