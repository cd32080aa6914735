"""How log lines look, in processes of their own: what is configured first holds for good."""

import subprocess
import sys

PROGRAM = """
import sys, structlog
from searchway import logs
from searchway.settings import Settings
logs.configure(Settings(clusters={"c": {"nodes": ["http://127.0.0.1:9"]}}, log_format=sys.argv[1]))
structlog.get_logger("searchway").warning("something", number=1)
"""


def lines(form: str) -> str:
    arguments = [sys.executable, "-c", PROGRAM, form]
    done = subprocess.run(arguments, capture_output=True, check=True, text=True)  # noqa: S603  # our own program
    return done.stderr


def test_a_file_gets_no_colours() -> None:
    said = lines("console")
    assert "something" in said
    assert "\x1b" not in said


def test_json_is_the_default_form() -> None:
    assert lines("json").startswith('{"number":1,"event":"something","level":"warning"')
