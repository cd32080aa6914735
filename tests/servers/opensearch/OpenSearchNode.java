import java.io.IOException;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.CountDownLatch;

import org.opensearch.Version;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** One OpenSearch node in this JVM: modules from the class path, extra plugins from HOME/plugins. */
public final class OpenSearchNode {
    private static final String[] MODULES = {
        "org.opensearch.transport.Netty4ModulePlugin",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        "org.opensearch.painless.PainlessModulePlugin",
    };

    private static final class EmbeddedNode extends Node {
        EmbeddedNode(Environment environment, Collection<PluginInfo> modules) {
            super(environment, modules, true);
        }
    }

    public static void main(String[] args) throws Exception {
        Path home = Paths.get(args[0]).toAbsolutePath();
        int port = Integer.parseInt(args[1]);
        Settings.Builder settings = Settings.builder()
            .put("path.home", home)
            .put("path.data", home.resolve("data"))
            .put("path.logs", home.resolve("logs"))
            .put("cluster.name", "searchway-tests")
            .put("node.name", "node-1")
            .put("network.host", "127.0.0.1")
            .put("http.port", port)
            .put("transport.port", Integer.parseInt(args[2]))
            .put("transport.type", "netty4")
            .put("http.type", "netty4")
            .put("discovery.type", "single-node")
            .put("cluster.routing.allocation.disk.threshold_enabled", false);
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings.build(), Collections.emptyMap(), home.resolve("config"), () -> "node-1");
        LogConfigurator.configure(environment);

        List<PluginInfo> modules = new ArrayList<>();
        for (String name : MODULES) {
            modules.add(new PluginInfo(name, "module", Version.CURRENT.toString(), Version.CURRENT, "21",
                name, null, Collections.emptyList(), false));
        }
        Node node = new EmbeddedNode(environment, modules);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (IOException ignored) {
            } finally {
                stopped.countDown();
            }
        }));
        node.start();
        stopped.await();
    }
}
