"""A program of the tests of examples: an interpreter that has loaded minicloud, and forks for each script it is told.

Each line of its input is the path of a script, in whose folder it is run, as ``python -W error SCRIPT`` would. A line
is printed when it has ended: its status. What it has printed is in the file ``output`` beside it. So each script has a
process of its own, in which nothing has been made before, and none has to load what all of them load: minicloud whole,
and boto3 where it is installed.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import runpy
import sys
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages

import minicloud

_LOADED = (asyncio, json, minicloud.Cloud().client("sqs").exceptions)


def load() -> None:
    """Import what most scripts come to use; the garbage collector need not look through it in each of them."""
    if find_spec("boto3") is not None:
        import_module("boto3.session")
    for module in walk_packages(minicloud.__path__, "minicloud."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.collect()
    gc.freeze()


def run(script: str) -> None:
    """Be a new process that runs the script, to the end of the interpreter."""
    os.chdir(os.path.dirname(script))  # noqa: PTH120  # pathlib is none of what all scripts load
    output = os.open("output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(old, new)
    sys.argv = [script]
    sys.path[0] = os.path.dirname(script)  # noqa: PTH120
    runpy.run_path(script, run_name="__main__")


def main() -> None:
    """Run what comes, one after another."""
    load()
    while script := sys.stdin.buffer.raw.readline().decode().strip():  # type: ignore[attr-defined]
        child = os.fork()
        if child == 0:
            run(script)
            return
        _, status = os.waitpid(child, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


main()
