"""Whatever happens while a server boots, nothing of it stays behind."""

import os
import select
from pathlib import Path

import pytest

from servers import process


def ends(pid: int) -> bool:
    """Tell whether a process that is not ours to wait for ends soon: a signal is on its way when the sender goes on."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 5)[0])
    finally:
        os.close(handle)


def never() -> bool:
    return False


def test_a_server_that_ends_while_booting_is_reported_with_its_log(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with pytest.raises(process.BootError, match="no such setting"):
        process.start(["sh", "-c", "echo no such setting; exit 3"], folder, environment={}, ready=never)
    assert not folder.exists()


def test_children_of_a_server_end_with_it_though_they_ignore_the_polite_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SECONDS_TO_STOP", 0.1)
    script = f"trap '' TERM; cd {tmp_path}; sleep 1000 & echo $! > child; touch started; wait; wait"
    (tmp_path / "log").mkdir()
    server = process.start(["sh", "-c", script], tmp_path / "log", environment={}, ready=(tmp_path / "started").exists)
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    server.stop()
    assert ends(child)


def test_an_interrupted_boot_stops_the_server(tmp_path: Path) -> None:
    def interrupted() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.start(["sleep", "1000"], tmp_path, environment={}, ready=interrupted)
    assert not tmp_path.exists()


def test_ports_are_free_and_below_the_range_of_outgoing_connections() -> None:
    assert all(1024 < process.free_port() < 32_768 for _ in range(20))
