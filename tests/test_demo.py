"""The demo and the command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import minicloud
from minicloud.__main__ import main
from minicloud.demo import run, stories

ROOT = Path(__file__).parents[1]


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_each_story_is_told(columns: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    told = capsys.readouterr().out
    assert re.findall(r"^(\d+)\. ", told, re.MULTILINE) == [str(number) for number in range(1, len(stories.ALL) + 2)]
    assert "\x1b" not in told
    assert max(len(line) for line in told.splitlines()) <= 120
    assert re.search(r"\n\d+ seconds of AWS time in \d+ ms of yours\.\n$", told)


def test_what_happens_stands_to_the_right_of_the_code(columns: None, capsys: pytest.CaptureFixture[str]) -> None:
    run(1)
    told = capsys.readouterr().out.splitlines()
    (line,) = [line for line in told if "cloud.clock.advance(30)" in line]
    code, _, happened = line.partition(" │ ")
    assert code.rstrip() == "cloud.clock.advance(30)  # takes no time"
    assert happened.startswith('00:00:30  jobs  "cat.png": visible again')


def test_on_a_narrow_terminal_it_stands_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    run(1)
    told = capsys.readouterr().out
    assert "cloud.clock.advance(30)  # takes no time\n    00:00:30  jobs  " in told
    assert max(len(line) for line in told.splitlines()) <= 60


def test_a_test_that_fails_shows_its_report(columns: None, capsys: pytest.CaptureFixture[str]) -> None:
    run(11)
    told = capsys.readouterr().out
    assert "\nE   " in told
    assert "--- minicloud: seed='demo', 2026-01-01 00:00:12 on its clock, 10 events ---" in told
    assert "visible again, as it was not deleted in time" in told.partition("--- minicloud")[2]


def test_the_last_story_finds_the_one_choice_that_breaks_it(columns: None, capsys: pytest.CaptureFixture[str]) -> None:
    run(12)
    told = capsys.readouterr().out
    assert told.count("as AWS may do: ") == 1


def test_a_page_of_a_story(
    columns: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / ("a-long-name-" * 12) / "page.html"
    path.parent.mkdir()
    assert main(["demo", "3", "--html", str(path)]) == 0
    assert f"\n{path}\n" in capsys.readouterr().out
    assert "exports" in path.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run(None, "")
    assert "payments-dlq" in (tmp_path / "minicloud-demo.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [0, 13])
def test_a_story_that_there_is_not(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(number)]) == 2
    assert capsys.readouterr().err == f"there is no story {number}: there are 1 to 12\n"


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"minicloud {minicloud.__version__}\n"


def test_without_a_command_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "usage: minicloud" in capsys.readouterr().err


def test_it_is_told_where_not_all_characters_can_be() -> None:
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-m", "minicloud", "demo", "3"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "120"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert b"? and 38 more" in finished.stdout


def test_who_reads_it_may_go_away() -> None:
    reader = [sys.executable, "-I", "-c", "print(open(0).readline(), end='')"]
    demo = [sys.executable, "-W", "error", "-m", "minicloud", "demo"]
    with subprocess.Popen(demo, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as telling:
        read = subprocess.run(reader, stdin=telling.stdout, capture_output=True, text=True, check=True, timeout=60)
        assert telling.stdout is not None
        telling.stdout.close()
        assert telling.stderr is not None
        assert telling.stderr.read() == b""
    assert telling.returncode == 0
    assert read.stdout.startswith("minicloud: ")


def test_colours_are_for_terminals(columns: None) -> None:
    pty = pytest.importorskip("pty")
    program = f"import sys; sys.path.insert(0, {json.dumps(str(ROOT))}); from minicloud.demo import run; run(1)"
    seen = bytearray()

    def read(descriptor: int) -> bytes:
        piece = os.read(descriptor, 1024)
        seen.extend(piece)
        return b"." if piece else b""

    pty.spawn([sys.executable, "-I", "-c", program], read)
    assert b"\x1b[1m1. A standard queue" in seen
