"""The settings of one cluster: where it is, what it is, and how the gateway proves itself to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import Field, FilePath, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr, model_validator

from searchway.settings.hosts import Node
from searchway.settings.section import AsList, Section

EngineName = Literal["elasticsearch", "opensearch", "opendistro"]

Secret = Literal["password", "api_key", "bearer"]
_SECRETS: tuple[Secret, ...] = get_args(Secret)


class ClusterSettings(Section):
    """A cluster: its nodes, its engine, and the credentials for it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=63)]
    """What callers name it by."""
    nodes: Annotated[tuple[Node, ...], AsList] = ()
    """The URLs of its nodes, all equal; a path is kept as a prefix."""
    sandbox: EngineName | None = None
    """Instead of nodes: the embedded upstream, playing this engine."""
    engine: EngineName | None = None
    """The product; found out from its answers where it is not said."""
    version: Annotated[str, Field(pattern=r"^\d+(\.\d+){0,2}")] | None = None
    """The product's version; found out likewise."""
    username: str | None = None
    """User for HTTP basic authentication."""
    password: SecretStr | None = None
    """Password for HTTP basic authentication."""
    password_file: FilePath | None = None
    """A file that holds the password."""
    api_key: SecretStr | None = None
    """An API key in its encoded form."""
    api_key_file: FilePath | None = None
    """A file that holds the API key."""
    bearer: SecretStr | None = None
    """A bearer token."""
    bearer_file: FilePath | None = None
    """A file that holds the bearer token."""
    forward_credentials: bool = False
    """Send the caller's own `authorization` header; the gateway's own credentials serve callers without one."""
    client_cert: FilePath | None = None
    """PEM certificate that the gateway shows to the cluster."""
    client_key: FilePath | None = None
    """PEM key of that certificate, not encrypted."""
    ca: FilePath | None = None
    """PEM certificates to trust in addition to the system's."""
    verify: bool = True
    """Whether the cluster's certificate is checked. Switch it off only for experiments."""
    connect_timeout: PositiveFloat = 5.0
    """Seconds that setting up a connection may take."""
    compress: bool = False
    """Ask for compressed answers: saves network, costs processor time on both sides."""
    max_header_bytes: Annotated[int, Field(ge=4096)] = 16_384
    """Most bytes of all headers of a request: the engine's `http.max_header_size` (Elasticsearch 7 and Open Distro take 8192)."""
    max_request_line_bytes: Annotated[int, Field(ge=4096)] = 4096
    """Longest request line, path and query included: the engine's `http.max_initial_line_length`."""
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    """How often a request that may be sent again is sent again at most."""
    max_pause: NonNegativeFloat = 30.0
    """Seconds for which 429 with Retry-After holds back the principal that got it at most; 0 holds back nobody."""
    breaker_failures: PositiveInt = 5
    """Failures in a row, timeouts included, after which a node is ejected: others get its requests."""
    breaker_seconds: PositiveFloat = 10.0
    """Seconds for which it is ejected before one request tries it again."""

    @model_validator(mode="after")
    def _reads_together(self) -> Self:
        if problems := [*self._pair_problems(), *self._credential_problems()]:
            raise ValueError("\n".join(problems))
        return self

    def _pair_problems(self) -> Iterator[str]:
        if bool(self.nodes) == bool(self.sandbox):
            yield "nodes: expected the URLs of its nodes, or sandbox in their place"
        if (self.client_cert is None) != (self.client_key is None):
            yield "client_cert: expected together with client_key"
        if (self.username is None) != (self.password is None and self.password_file is None):
            yield "username: expected together with password or password_file"

    def _credential_problems(self) -> Iterator[str]:
        both = [key for key in _SECRETS if getattr(self, key) and getattr(self, f"{key}_file")]
        yield from (f"{key}: expected either it or {key}_file, not both" for key in both)
        ways = [key for key in _SECRETS if getattr(self, key) or getattr(self, f"{key}_file")]
        if len(ways) > 1:
            yield f"{ways[0]}: expected one way to authenticate, got {' and '.join(ways)}"
        yield from (f"{key}_file: expected a file of text that can be read" for key in ways if not self._can_read(key))

    def _can_read(self, key: Secret) -> bool:
        try:
            self.secret(key)
        except (OSError, UnicodeDecodeError):
            return False
        return True

    @property
    def hosts(self) -> frozenset[str]:
        """The names and addresses of its nodes."""
        return frozenset(urlsplit(str(node)).hostname or "" for node in self.nodes) - {""}

    @property
    def has_tls(self) -> bool:
        """Whether a node has an https URL."""
        return any(urlsplit(str(node)).scheme == "https" for node in self.nodes)

    def secret(self, key: Secret) -> SecretStr | None:
        """Return the secret, read from its file where the settings name one."""
        given: SecretStr | None = getattr(self, key)
        path: Path | None = getattr(self, f"{key}_file")
        return given if path is None else SecretStr(path.read_text(encoding="utf-8").strip())
