from pathlib import Path
from typing import Any

import pytest
import trustme

from searchway.errors import SettingsError
from searchway.settings import Address, ServerTls, Settings, load
from searchway.settings.clusters import ClusterSettings

EXAMPLE = Path(__file__).parents[3] / "docker" / "searchway.toml"
UPSTREAM = {"SEARCHWAY_UPSTREAM": "https://es:9200"}


def write(directory: Path, text: str) -> Path:
    path = directory / "searchway.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(text: str, tmp_path: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, text), environ or {})
    return str(caught.value).splitlines()


def test_one_upstream_is_enough() -> None:
    settings = load(None, UPSTREAM)
    assert settings.clusters == (ClusterSettings(name="default", nodes=("https://es:9200",)),)
    assert (str(settings.http), str(settings.grpc)) == ("127.0.0.1:8080", "127.0.0.1:50051")
    assert (settings.timeout, settings.cors_origins, settings.introspection) == (30.0, (), True)


def test_file_then_environment_then_overrides(tmp_path: Path) -> None:
    path = write(tmp_path, 'timeout = 1\nmargin = 1\ngrace = 1\n[clusters.a]\nnodes = ["http://a"]\nretries = 7')
    settings = load(path, {"SEARCHWAY_MARGIN": "2", "SEARCHWAY_GRACE": "2"}, {"grace": 3.0, "http": None})
    assert (settings.timeout, settings.margin, settings.grace) == (1, 2, 3)


def test_layers_meet_inside_tables(tmp_path: Path) -> None:
    path = write(tmp_path, '[limits]\npage_size = 7\n[clusters.logs-eu]\nnodes = ["http://a"]\nusername = "u"')
    environ = {"SEARCHWAY_LIMITS__MAX_PAGE_SIZE": "9", "SEARCHWAY_CLUSTERS__LOGS_EU__PASSWORD": "p"}
    settings = load(path, environ)
    assert (settings.limits.page_size, settings.limits.max_page_size) == (7, 9)
    (cluster,) = settings.clusters
    assert (cluster.name, cluster.username, cluster.password and cluster.password.get_secret_value()) == (
        "logs-eu",
        "u",
        "p",
    )


def test_file_named_by_the_environment(tmp_path: Path) -> None:
    path = write(tmp_path, '[clusters.a]\nnodes = ["http://a"]')
    assert load(None, {"SEARCHWAY_CONFIG": str(path)}).default_cluster.name == "a"


def test_default_cluster(tmp_path: Path) -> None:
    text = '[clusters.a]\nnodes = ["http://a"]\n[clusters.b]\nnodes = ["http://b"]'
    assert load(write(tmp_path, text), {}).default_cluster.name == "a"
    assert load(write(tmp_path, 'default = "b"\n' + text), {}).default_cluster.name == "b"


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("HTTP", "0.0.0.0:0", "http", Address(host="0.0.0.0", port=0)),  # noqa: S104  # parsed, not bound
        ("HTTP", ":9", "http", Address(host="0.0.0.0", port=9)),  # noqa: S104  # same
        ("GRPC", "[::1]:9", "grpc", Address(host="::1", port=9)),
        ("HTTP", "off", "http", None),
        ("CORS_ORIGINS", "https://a, http://[::1]:8", "cors_origins", ("https://a", "http://[::1]:8")),
        ("CORS_ORIGINS", "*", "cors_origins", ("*",)),
        ("CORS_HEADERS", "sentry-trace, baggage", "cors_headers", ("sentry-trace", "baggage")),
        ("CORS_ORIGINS", "HTTPS://App.Example:443", "cors_origins", ("https://app.example",)),
        ("CORS_ORIGINS", "capacitor://localhost", "cors_origins", ("capacitor://localhost",)),
        ("FORWARD_HEADERS", "x-a", "forward_headers", ("x-a",)),
        ("GRAPHIQL", "false", "graphiql", False),
        ("TIMEOUT", "0.5", "timeout", 0.5),
        ("LOG_FORMAT", "console", "log_format", "console"),
    ],
)  # fmt: skip
def test_variable_is_read_as_its_setting(variable: str, text: str, key: str, value: object) -> None:
    assert getattr(load(None, {**UPSTREAM, f"SEARCHWAY_{variable}": text}), key) == value


def test_several_nodes_in_one_variable() -> None:
    settings = load(None, {"SEARCHWAY_UPSTREAM": "https://a:9200, https://b:9200/es/"})
    assert settings.default_cluster.nodes == ("https://a:9200", "https://b:9200/es")


def test_keys_of_the_one_upstream_stand_at_the_top() -> None:
    environ = {**UPSTREAM, "SEARCHWAY_USERNAME": "u", "SEARCHWAY_PASSWORD": "p", "SEARCHWAY_VERIFY": "no"}
    cluster = load(None, environ, {"engine": "opensearch"}).default_cluster
    assert (cluster.username, cluster.verify, cluster.engine) == ("u", False, "opensearch")


@pytest.mark.parametrize(
    ("environ", "listed"),
    [
        (UPSTREAM, False),
        ({**UPSTREAM, "SEARCHWAY_LIST_CLUSTERS": "true"}, True),
        ({"SEARCHWAY_SANDBOX": "all"}, True),
        ({"SEARCHWAY_SANDBOX": "all", "SEARCHWAY_LIST_CLUSTERS": "false"}, False),
    ],
)
def test_clusters_are_listed_where_that_is_said_or_nothing_is_hidden(environ: dict[str, str], listed: bool) -> None:
    assert load(None, environ).list_clusters is listed


@pytest.mark.parametrize(
    ("environ", "explained"),
    [
        (UPSTREAM, False),
        ({**UPSTREAM, "SEARCHWAY_EXPLAIN_REQUESTS": "true"}, True),
        ({"SEARCHWAY_SANDBOX": "all"}, True),
        ({"SEARCHWAY_SANDBOX": "all", "SEARCHWAY_EXPLAIN_REQUESTS": "false"}, False),
    ],
)
def test_requests_are_told_where_that_is_said_or_nothing_is_hidden(environ: dict[str, str], explained: bool) -> None:
    assert load(None, environ).explain_requests is explained


@pytest.mark.parametrize(
    ("word", "names"),
    [("all", ["elasticsearch", "opensearch", "opendistro"]), ("true", ["elasticsearch", "opensearch", "opendistro"]), ("opensearch", ["opensearch"])],
)  # fmt: skip
def test_sandbox_makes_clusters(word: str, names: list[str]) -> None:
    clusters = load(None, {"SEARCHWAY_SANDBOX": word}).clusters
    assert [(c.name, c.sandbox, c.nodes) for c in clusters] == [(name, name, ()) for name in names]


def test_variables_of_others_are_left_alone() -> None:
    links = {
        "SEARCHWAY_SERVICE_HOST": "10.0.0.1",
        "SEARCHWAY_PORT": "tcp://10.0.0.1:80",
        "SEARCHWAY_PORT_80_TCP_ADDR": "x",
    }
    environ = {**UPSTREAM, **links, "SEARCHWAY_HTTP_SERVICE_PORT_WEB": "80", "PATH": "/", "SEARCHWAY_GRPC": ""}
    assert load(None, environ) == load(None, UPSTREAM)


def test_example_is_valid_and_its_comments_are_the_defaults(tmp_path: Path) -> None:
    assert load(EXAMPLE, {}).default_cluster.name == "logs"
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    secrets = (
        "cert",
        "key",
        "client_ca",
        "ca",
        "client_cert",
        "client_key",
        "username",
        "password_file",
        "engine",
        "version",
        "documents",
    )
    said = [line.removeprefix("# ") for line in lines if not line.startswith(("# S", "# C", "# [", "# nodes"))]
    kept = [line for line in said if line.split(" = ")[0] not in {*secrets, "http", "grpc", "default"}]
    shown = load(write(tmp_path, "\n".join(kept).replace('"security.PutRole" = false', "")), {})
    assert shown == Settings(clusters=(ClusterSettings(name="logs", nodes=("http://opensearch:9200",)),))


def test_example_shows_every_setting() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    sections: list[Any] = [
        Settings,
        ClusterSettings,
        ServerTls,
        type(load(None, UPSTREAM).limits),
        type(load(None, UPSTREAM).batching),
    ]
    hidden = {"name", "sandbox", "password", "api_key", "bearer"}  # the table's name; not for files
    missing = [key for section in sections for key in section.model_fields if key not in text and key not in hidden]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timout = 3", "timout: unknown setting; did you mean timeout?"),
        ("xyzzy = 3", "xyzzy: unknown setting"),
        ("[limits]\npage_sizes = 3", "limits.page_sizes: unknown setting; did you mean page_size?"),
        ('timeout = "soon"', "timeout: expected a number"),
        ("timeout = 0", "timeout: input should be greater than 0"),
        ("graphiql = 7", "graphiql: expected true or false"),
        ('http = "here"', "http: expected host:port, or off"),
        ('http = "h:99999"', "http.port: input should be less than or equal to 65535"),
        ('log_level = "loud"', "log_level: input should be 'debug', 'info', 'warning' or 'error'"),
        ('default = "b"', "default: expected one of a"),
        ("workers = 2", "token_keys: expected a key, since workers is above 1"),
        ('token_keys = ["short"]', "token_keys: expected keys of at least 32 characters"),
        ('http = "off"\ngrpc = "off"', "http: expected http or grpc to be on"),
        ('forward_headers = ["host", "x-a"]', "forward_headers: expected end-to-end headers, got host"),
        ('forward_headers = ["X-A"]', "forward_headers: expected names of headers in lower case, got 'X-A'"),
        ('cors_headers = ["*", "X-A"]', "cors_headers: expected names of headers in lower case, got 'X-A'"),
        ('forward_headers = ["é"]', "forward_headers: expected names of headers in lower case, got '\\xe9'"),
        ('forward_headers = ["x foo"]', "forward_headers: expected names of headers in lower case, got 'x foo'"),
        ('forward_headers = ["x:", "x-a", ""]', "forward_headers: expected names of headers in lower case, got 'x:', ''"),
        ('forward_headers = ["authorization"]', "forward_headers: expected forward_credentials for it"),
        ("[limits]\npage_size = 9\nmax_page_size = 8", "limits.page_size: expected at most max_page_size"),
        ('[http_tls]\ncert = "/nowhere"\nkey = "/"', "http_tls.cert: expected the path of a file that exists"),
        ('upstream = "http://b"', "upstream: expected no other clusters beside it, got clusters.a"),
        ('sandbox = "all"', "sandbox: expected no other clusters beside it, got clusters.a"),
        ('upstream = "http://b"\nsandbox = true', "upstream: expected no other clusters beside it, got sandbox and clusters.a"),
        ('http = "h:1"\ngrpc = "h:1"', "http: expected another address than grpc"),
        ('http = "a b:1"', "http: expected host:port, or off"),
        ('grpc = "a..b:1"', "grpc: expected host:port, or off"),
        ('sandbox = "solr"', "sandbox: expected all or one of elasticsearch, opensearch, opendistro"),
        ('password = "x"', "password: expected beside upstream, or in a table clusters.<name>"),
    ],
)  # fmt: skip
def test_wrong_setting_is_named(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in problems(f'{text}\n[clusters.a]\nnodes = ["http://a"]', tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "nodes: expected the URLs of its nodes, or sandbox in their place"),
        ('nodes = ["es:9200"]', "nodes.0: expected a URL such as https://host:9200"),
        ('nodes = ["http://es:port"]', "nodes.0: expected a URL such as https://host:9200"),
        ('nodes = ["http://u:p@es"]', "nodes.0: expected a URL without credentials; they belong into username and password"),
        ('nodes = ["http://es?x=1"]', "nodes.0: expected a URL without query and fragment"),
        ('nodes = ["http://es"]\nnode = 1', "node: unknown setting; did you mean nodes?"),
        ('nodes = ["http://es"]\nengine = "solr"', "engine: input should be 'elasticsearch', 'opensearch' or 'opendistro'"),
        ('nodes = ["http://es"]\nusername = "u"', "username: expected together with password or password_file"),
        ('nodes = ["http://es"]\napi_key = "k"\nbearer = "b"', "api_key: expected one way to authenticate, got api_key and bearer"),
        ('nodes = ["http://es"]\nca = "/nowhere"', "ca: expected the path of a file that exists"),
    ],
)  # fmt: skip
def test_wrong_setting_of_a_cluster_is_named(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(f'[clusters.ok]\nnodes = ["http://a"]\n[clusters.logs]\n{text}', tmp_path) == [
        f"clusters.logs.{expected}"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'timout = 1\nmargin = "x"\n[clusters.a]\nnodes = ["x"]\nretries = "y"',
            ["timout: unknown", "margin: expected a number", "clusters.a.nodes.0: expected a URL", "clusters.a.retries: expected a whole"],
        ),
        (
            '''timeout = -1\nworkers = 2\ndefault = "z"\nsandbox = "solr"\n[limits]\npage_size = 2\nmax_page_size = 1
[clusters.a]\nnodes = ["http://a"]\nusername = "u"\n[clusters.b]\nnodes = ["http://b"]\nengine = "solr"\napi_key = "k"\nbearer = "b"''',
            ["sandbox: expected all", "timeout: input should", "limits.page_size: expected at most", "token_keys: expected a key",
             "default: expected one of a, b", "clusters.a.username: expected together", "clusters.b.engine: input should",
             "clusters.b.api_key: expected one way"],
        ),
        # What follows from a problem that is told is not told as well.
        ('[clusters.a]\nnodes = ["x"]', ["clusters.a.nodes.0: expected a URL"]),
        ('[clusters.a]\nnodes = ["http://a"]\nusername = "u"\npassword_file = "/nowhere"', ["clusters.a.password_file: expected the path"]),
        ('default = "A B"\n[clusters."A B"]\nnodes = ["http://a"]', ["clusters.A B.name: string should match"]),
        ('[http_tls]\ncert = "/nowhere"\n[clusters.a]\nnodes = ["http://a"]', ["http_tls.cert: expected the path", "http_tls.key: expected a value"]),
        ('workers = "x"\ntoken_keys = 3\n[clusters]\na = 3', ["workers: expected a whole", "token_keys: expected a list", "clusters.a: expected a table"]),
        ("clusters = 3", ["clusters: expected a list"]),
        ("[[clusters]]\nname = 3", ["clusters.0.name: expected text"]),
    ],
)  # fmt: skip
def test_all_problems_are_told_at_once(tmp_path: Path, text: str, expected: list[str]) -> None:
    told = problems(text, tmp_path)
    assert len(told) == len(expected)
    assert all(any(line.startswith(start) for line in told) for start in expected), told


@pytest.mark.parametrize(
    ("environ", "overrides", "expected"),
    [
        ({"SEARCHWAY_CLUSTERS__LOGS__PASSWORD": "p"}, {"sandbox": "all"}, "sandbox: expected no other clusters beside it, got clusters.logs"),
        ({"SEARCHWAY_UPSTREAM": "http://a"}, {"sandbox": "all"}, "upstream: expected no other clusters beside it, got sandbox"),
        ({"SEARCHWAY_PASSWORD": "p"}, {"sandbox": "all"}, "password: expected beside upstream, or in a table clusters.<name>"),
    ],
)  # fmt: skip
def test_clusters_of_different_sources_are_named(
    environ: dict[str, str], overrides: dict[str, str], expected: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(None, environ, overrides)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    "origin",
    ["foo", "foo.example", "https://", "https://a/", "https://a/x", "https://a?x", "https://a:", "https://u@a", "https://a:99999", "https://a..b", "https://*.a", "https://ü", "null"],
)  # fmt: skip
def test_origin_that_can_never_match_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match=r"^cors_origins\.0: expected an origin such as https://host or"):
        load(None, {**UPSTREAM, "SEARCHWAY_CORS_ORIGINS": origin})


@pytest.mark.parametrize("secret", ["password", "api_key", "bearer"])
def test_secret_that_cannot_be_read_is_named(tmp_path: Path, secret: str) -> None:
    (tmp_path / "secret").write_bytes(b"\xff")
    text = f'username = "u"\n{secret}_file = "{tmp_path}/secret"'
    told = problems(f'[clusters.a]\nnodes = ["http://a"]\n{text}', tmp_path)
    assert f"clusters.a.{secret}_file: expected a file of text that can be read" in told


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("cert", "cert: expected a PEM certificate chain, and in key its PEM key, not encrypted"),
        ("key", "cert: expected a PEM certificate chain, and in key its PEM key, not encrypted"),
        ("client_ca", "client_ca: expected PEM certificates"),
    ],
)
@pytest.mark.parametrize("face", ["http", "grpc"])
def test_certificate_that_cannot_be_used_is_named(tmp_path: Path, face: str, wrong: str, expected: str) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    files = {key: tmp_path / key for key in ("cert", "key", "client_ca")}
    issued.cert_chain_pems[0].write_to_path(str(files["cert"]))
    issued.private_key_pem.write_to_path(str(files["key"]))
    authority.cert_pem.write_to_path(str(files["client_ca"]))
    text = "\n".join([f"[{face}_tls]", *(f'{key} = "{path}"' for key, path in files.items())])
    cluster = '[clusters.a]\nnodes = ["http://a"]'
    assert load(write(tmp_path, f"{text}\n{cluster}"), {}).default_cluster.name == "a"
    files[wrong].write_text("not PEM")
    assert problems(f"{text}\n{cluster}", tmp_path) == [f"{face}_tls.{expected}"]


def test_no_cluster_says_how_to_give_one() -> None:
    with pytest.raises(SettingsError, match="--upstream URL, --config FILE or --sandbox"):
        load(None, {})


@pytest.mark.parametrize(("text", "problem"), [("= 1", "expected TOML"), (None, "expected a readable file")])
def test_unreadable_file_is_named(tmp_path: Path, text: str | None, problem: str) -> None:
    path = tmp_path / "none.toml" if text is None else write(tmp_path, text)
    with pytest.raises(SettingsError, match=f"^config: {problem}.*{path.name}"):
        load(path, {})


def test_secrets_stay_out_of_sight(tmp_path: Path) -> None:
    environ = {**UPSTREAM, "SEARCHWAY_USERNAME": "u", "SEARCHWAY_PASSWORD": "hush", "SEARCHWAY_TOKEN_KEYS": "hush" * 8}
    settings = load(None, environ)
    assert "hush" not in repr(settings) + str(settings)
    with pytest.raises(SettingsError) as caught:
        load(None, {**environ, "SEARCHWAY_TOKEN_KEYS": "hush", "SEARCHWAY_BEARER": "hush", "SEARCHWAY_TIMEOUT": "hush"})
    assert "hush" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert "hush" not in "\n".join(problems("[clusters.a]\npassword = 7\nnodes = ['http://u:hush@h']", tmp_path))


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(None, UPSTREAM).timeout = 1.0
