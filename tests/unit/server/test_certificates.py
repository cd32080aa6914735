from pathlib import Path

import pytest
import trustme

from searchway.errors import SettingsError
from searchway.server.certificates import Certificates
from searchway.settings import ServerTls


@pytest.fixture
def tls(tmp_path: Path) -> ServerTls:
    issued = trustme.CA().issue_cert("localhost")
    cert, key = tmp_path / "own.crt", tmp_path / "own.key"
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    return ServerTls(cert=cert, key=key)


def test_each_reading_is_a_context_of_its_own_and_in_use_when_that_is_said(tls: ServerTls) -> None:
    certificates = Certificates("http", tls)
    before = certificates.context
    use = certificates.prepare(tls)
    assert certificates.context is before
    use()
    assert certificates.context is not before


def test_what_cannot_be_used_changes_nothing(tls: ServerTls) -> None:
    certificates = Certificates("http", tls)
    before = certificates.context
    tls.key.write_text("no key")
    with pytest.raises(SettingsError, match="http_tls"):
        certificates.prepare(tls)
    assert certificates.context is before
