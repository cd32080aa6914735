"""What the command line does before any server starts."""

import pytest

from searchway.cli import main


def test_several_workers_without_a_key_do_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SEARCHWAY_TOKEN_KEYS", raising=False)
    monkeypatch.setattr("sys.argv", ["searchway", "serve", "--sandbox", "opensearch", "--workers", "2"])
    monkeypatch.setattr("searchway.app.serve", lambda *_: pytest.fail("it started"))
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "token_keys: expected a key, since workers is above 1" in capsys.readouterr().err
