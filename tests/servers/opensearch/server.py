"""Boots one OpenSearch node, embedded in a small main class, out of its published libraries.

There is no security plugin among them, so every caller may do everything.
"""

import tempfile
from pathlib import Path

from servers import artifacts, process
from servers.record import Server
from servers.toolchain import OLDEST_JAVA, Toolchain

HERE = Path(__file__).parent
MAIN_CLASS = "OpenSearchNode"
FOLDERS = ("config", "data", "logs", "plugins", "modules")

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}]%marker %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""

JVM_OPTIONS = (
    "-Xms512m",
    "-Xmx512m",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "--add-modules=jdk.incubator.vector",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Dlog4j2.disable.jmx=true",
)


def boot(tools: Toolchain, version: str) -> tuple[Server, process.ServerProcess]:
    """Start a node of this version and return when it is healthy.

    Raises:
        ArtifactError: it could not be fetched or compiled.
        BootError: it did not come up.
    """
    libs = artifacts.libraries(tools, HERE / "pom.xml", f"opensearch-{version}", f"-Dopensearch.version={version}")
    source = (HERE / f"{MAIN_CLASS}.java").read_text(encoding="utf-8")
    classes = artifacts.compiled(tools, source, MAIN_CLASS, libs=libs, release=OLDEST_JAVA)
    home = _home(tools, version)
    port = process.free_port()
    server = Server(url=f"http://127.0.0.1:{port}", engine="opensearch", version=version, admin=None, reader=None)
    path = ["-cp", f"{classes}:{libs}/*", MAIN_CLASS]
    command = [tools.java("java"), *JVM_OPTIONS, *path, str(home), str(port), str(process.free_port())]
    return server, process.start(command, home, environment={}, ready=server.is_ready)


def _home(tools: Toolchain, version: str) -> Path:
    home = Path(tempfile.mkdtemp(dir=tools.cache, prefix=f".run-opensearch-{version}-"))
    for name in FOLDERS:
        (home / name).mkdir()
    (home / "config/opensearch.yml").touch()
    (home / "config/log4j2.properties").write_text(LOGGING)
    return home
