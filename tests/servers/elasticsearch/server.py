"""Boots one Elasticsearch node with security, out of its published distribution and our small plugin.

The distribution is the one that Elasticsearch publishes for integration tests: server, security and no other module.
What it lacks and the documented operations need is wired by GluePlugin.java; see the comment there.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from servers import artifacts, process
from servers.record import Credentials, Server
from servers.toolchain import Toolchain

COORDINATES = "org.elasticsearch.distribution.integ-test-zip:elasticsearch:{version}:zip"
PLUGIN = "searchway-glue"
PLUGIN_SOURCE = Path(__file__).parent / "GluePlugin.java"
JAVA_OF_MAJOR = {"8": 17, "9": 21}

PASSWORD = "gateway-secret"
PASSWORD_HASH = "{PBKDF2}1000$eaGKYVL40zigfWvWE5bad2hEoc7AukkH+sgG5XMbROU=$ECB6YlC9Kty+2urjBn4CLpfensjiw97BPM31jIvcTd0="

SETTINGS = """\
cluster.name: searchway-tests
node.name: node-1
path.data: {home}/data
path.logs: {home}/logs
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
discovery.type: single-node
cluster.routing.allocation.disk.threshold_enabled: false
xpack.license.self_generated.type: trial
xpack.security.enabled: true
xpack.security.enrollment.enabled: false
xpack.security.http.ssl.enabled: false
xpack.security.transport.ssl.enabled: false
"""

JVM_OPTIONS = """\
-Xms512m
-Xmx512m
-XX:TieredStopAtLevel=1
-XX:+UseSerialGC
-Djava.io.tmpdir=${ES_TMPDIR}
"""

READER_ROLE = """\
monitor_only:
  cluster: [monitor]
  indices:
    - names: ["*"]
      privileges: [read, monitor]
"""

PLUGIN_DESCRIPTOR = """\
description=analysis of the security index, and routes to services of the server
version=1
name={name}
classname=searchway.GluePlugin
java.version={java}
elasticsearch.version={version}
"""


def boot(tools: Toolchain, version: str) -> tuple[Server, process.ServerProcess]:
    """Start a node of this version and return when it answers.

    Raises:
        ArtifactError: it could not be fetched or compiled.
        BootError: it did not come up.
    """
    home = _assemble(tools, version)
    port = process.free_port()
    _configure(home, port)
    server = Server(
        url=f"http://127.0.0.1:{port}",
        engine="elasticsearch",
        version=version,
        admin=Credentials(username="gateway", password=PASSWORD),
        reader=Credentials(username="reader", password=PASSWORD),
    )
    environment = {"ES_JAVA_HOME": str(tools.java_home), "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1"}
    command = [*_as_other_user(), str(home / "bin/elasticsearch")]
    return server, process.start(command, home, environment=environment, ready=server.is_ready)


def _assemble(tools: Toolchain, version: str) -> Path:
    """Make the node's own home: hard links to the cached distribution, and the plugin."""
    distribution = artifacts.unpacked(tools, COORDINATES.format(version=version), f"elasticsearch-{version}")
    release = JAVA_OF_MAJOR[version.split(".", maxsplit=1)[0]]
    source = _source_for(version)
    libs = distribution / f"elasticsearch-{version}" / "lib"
    classes = artifacts.compiled(tools, source, "GluePlugin", libs=libs, release=release)
    home = Path(tempfile.mkdtemp(dir=tools.cache, prefix=f".run-elasticsearch-{version}-"))
    shutil.copytree(libs.parent, home, copy_function=os.link, dirs_exist_ok=True)
    plugin = home / "plugins" / PLUGIN
    plugin.mkdir(parents=True)
    subprocess.run([tools.java("jar"), "--create", "--file", plugin / "glue.jar", "-C", classes, "."], check=True)
    descriptor = PLUGIN_DESCRIPTOR.format(name=PLUGIN, java=release, version=version)
    (plugin / "plugin-descriptor.properties").write_text(descriptor)
    return home


def _source_for(version: str) -> str:
    """Return the plugin's source without the lines that are marked for another major version."""
    other = {"8": "//9", "9": "//8"}[version.split(".", maxsplit=1)[0]]
    lines = PLUGIN_SOURCE.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.endswith(other))


def _configure(home: Path, port: int) -> None:
    _replace(home / "config/elasticsearch.yml", SETTINGS.format(home=home, http=port, transport=process.free_port()))
    _replace(home / "config/jvm.options", JVM_OPTIONS)
    _replace(home / "config/users", f"gateway:{PASSWORD_HASH}\nreader:{PASSWORD_HASH}\n")
    _replace(home / "config/users_roles", "superuser:gateway\nmonitor_only:reader\n")
    _replace(home / "config/roles.yml", READER_ROLE)


def _replace(path: Path, text: str) -> None:
    """Write a file anew: the one that is there is a link to the cache and must stay as it is."""
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


def _as_other_user() -> list[str]:
    """Elasticsearch refuses to run as root; a user namespace shows it another user with the same rights to files."""
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
