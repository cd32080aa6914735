package searchway;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.lucene.analysis.FilteringTokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequest;
import org.elasticsearch.action.ActionResponse;
import org.elasticsearch.action.datastreams.CreateDataStreamAction;
import org.elasticsearch.action.datastreams.ModifyDataStreamsAction;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.master.AcknowledgedResponse;
import org.elasticsearch.action.support.master.AcknowledgedTransportMasterNodeAction;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.block.ClusterBlockException;
import org.elasticsearch.cluster.block.ClusterBlockLevel;
import org.elasticsearch.cluster.metadata.IndexNameExpressionResolver;
import org.elasticsearch.cluster.metadata.MetadataCreateDataStreamService;
import org.elasticsearch.cluster.metadata.MetadataDataStreamsService;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.IndexScopedSettings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.settings.SettingsFilter;
import org.elasticsearch.common.xcontent.support.XContentMapValues;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AbstractTokenizerFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestController;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestUtils;
import org.elasticsearch.rest.action.RestRefCountedChunkedToXContentListener;
import org.elasticsearch.rest.action.RestToXContentListener;
import org.elasticsearch.rest.action.search.RestMultiSearchAction;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.TransportService;
import org.elasticsearch.usage.UsageService;

/**
 * Two things the published distribution lacks:
 *  - the three analysis components that the .security index settings name (so that roles can be stored);
 *  - routes to services that ARE in the server jar but whose route modules are not published:
 *    POST /_data_stream/_modify, PUT /_data_stream/{name}, [/{index}]/_fleet/_fleet_msearch.
 *    Parsing, state changes, searching and rendering are the server's; the route wiring is ours.
 *    The fleet route is the multi search under another path, with the two members of a header line that only fleet takes
 *    handed on to the server's search, which does the waiting.
 */
public class GluePlugin extends Plugin implements AnalysisPlugin, ActionPlugin {

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of("pattern_capture", (i, e, name, s) -> {
            Pattern[] ps = s.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
            boolean keep = s.getAsBoolean("preserve_original", true);
            return new AbstractTokenFilterFactory(name, s) { //8
            return new AbstractTokenFilterFactory(name) { //9
                @Override
                public TokenStream create(TokenStream in) {
                    return new PatternCaptureGroupTokenFilter(in, keep, ps);
                }
            };
        }, "unique", (i, e, name, s) -> new AbstractTokenFilterFactory(name, s) { //8
        }, "unique", (i, e, name, s) -> new AbstractTokenFilterFactory(name) { //9
            @Override
            public TokenStream create(TokenStream in) {
                return new FilteringTokenFilter(in) {
                    private final Set<String> seen = new HashSet<>();
                    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);

                    @Override
                    protected boolean accept() {
                        return seen.add(term.toString());
                    }

                    @Override
                    public void reset() throws java.io.IOException {
                        super.reset();
                        seen.clear();
                    }
                };
            }
        });
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of("uax_url_email", (i, e, name, s) -> new AbstractTokenizerFactory(i, s, name) { //8
        return Map.of("uax_url_email", (i, e, name, s) -> new AbstractTokenizerFactory(name) { //9
            @Override
            public Tokenizer create() {
                return new UAX29URLEmailTokenizer();
            }
        });
    }

    @Override
    public Collection<ActionHandler<? extends ActionRequest, ? extends ActionResponse>> getActions() { //8
        return List.of(new ActionHandler<>(ModifyDataStreamsAction.INSTANCE, Modify.class), //8
            new ActionHandler<>(CreateDataStreamAction.INSTANCE, Create.class)); //8
    public Collection<ActionHandler> getActions() { //9
        return List.of(new ActionHandler(ModifyDataStreamsAction.INSTANCE, Modify.class), //9
            new ActionHandler(CreateDataStreamAction.INSTANCE, Create.class)); //9
    }

    @Override
    public Collection<RestHandler> getRestHandlers(Settings settings, NamedWriteableRegistry nwr, RestController rc, ClusterSettings cs, //8
        IndexScopedSettings iss, SettingsFilter sf, IndexNameExpressionResolver r, Supplier<DiscoveryNodes> n, Predicate<NodeFeature> f) { //8
    public Collection<RestHandler> getRestHandlers(RestHandlersServices given, Supplier<DiscoveryNodes> n, Predicate<NodeFeature> f) { //9
        return List.of(new BaseRestHandler() {
            @Override
            public String getName() {
                return "searchway_modify";
            }

            @Override
            public List<Route> routes() {
                return List.of(new Route(RestRequest.Method.POST, "/_data_stream/_modify"));
            }

            @Override
            protected RestChannelConsumer prepareRequest(RestRequest q, NodeClient c) throws java.io.IOException {
                ModifyDataStreamsAction.Request m;
                try (var p = q.contentParser()) {
                    m = ModifyDataStreamsAction.Request.PARSER.parse(p,
                        acts -> new ModifyDataStreamsAction.Request(RestUtils.getMasterNodeTimeout(q), RestUtils.getAckTimeout(q), acts));
                }
                if (m.getActions() == null || m.getActions().isEmpty()) {
                    throw new IllegalArgumentException("no data stream actions specified, at least one must be specified");
                }
                return ch -> c.execute(ModifyDataStreamsAction.INSTANCE, m, new RestToXContentListener<>(ch));
            }
        }, new BaseRestHandler() {
            @Override
            public String getName() {
                return "searchway_create";
            }

            @Override
            public List<Route> routes() {
                return List.of(new Route(RestRequest.Method.PUT, "/_data_stream/{name}"));
            }

            @Override
            protected RestChannelConsumer prepareRequest(RestRequest q, NodeClient c) {
                var m = new CreateDataStreamAction.Request(RestUtils.getMasterNodeTimeout(q), RestUtils.getAckTimeout(q), q.param("name"));
                return ch -> c.execute(CreateDataStreamAction.INSTANCE, m, new RestToXContentListener<>(ch));
            }
        }, new RestMultiSearchAction(settings, new UsageService().getSearchUsageHolder(), f) { //8
        }, new RestMultiSearchAction(given.settings(), new UsageService().getSearchUsageHolder(), f, given.crossProjectModeDecider()) { //9
            @Override
            public String getName() {
                return "searchway_fleet_msearch";
            }

            @Override
            public List<Route> routes() {
                return List.of(new Route(RestRequest.Method.GET, "/_fleet/_fleet_msearch"),
                    new Route(RestRequest.Method.POST, "/_fleet/_fleet_msearch"),
                    new Route(RestRequest.Method.GET, "/{index}/_fleet/_fleet_msearch"),
                    new Route(RestRequest.Method.POST, "/{index}/_fleet/_fleet_msearch"));
            }

            @Override
            public RestChannelConsumer prepareRequest(RestRequest q, NodeClient c) throws java.io.IOException {
                var m = parseRequest(q, true, new UsageService().getSearchUsageHolder(), f, GluePlugin::takeCheckpoints); //8
                var m = parseRequest(q, true, new UsageService().getSearchUsageHolder(), f, GluePlugin::takeCheckpoints, Optional.empty()); //9
                m.requests().forEach(GluePlugin::aimCheckpoints);
                return ch -> c.multiSearch(m, new RestRefCountedChunkedToXContentListener<>(ch));
            }
        });
    }

    private static boolean takeCheckpoints(String key, Object value, SearchRequest search) {
        if (key.equals("wait_for_checkpoints")) {
            var points = Stream.of(XContentMapValues.nodeStringArrayValue(value)).mapToLong(Long::parseLong).toArray();
            search.setWaitForCheckpoints(Map.of("*", points));
            return true;
        }
        if (key.equals("wait_for_checkpoints_timeout")) {
            search.setWaitForCheckpointsTimeout(XContentMapValues.nodeTimeValue(value));
            return true;
        }
        return false;
    }

    /** Checkpoints are taken before the search knows its index; the server wants them by the name of that. */
    private static void aimCheckpoints(SearchRequest search) {
        var points = search.getWaitForCheckpoints().get("*");
        if (points != null && search.indices().length == 1) {
            search.setWaitForCheckpoints(Map.of(search.indices()[0], points));
        }
    }

    public static class Modify extends AcknowledgedTransportMasterNodeAction<ModifyDataStreamsAction.Request> {
        private final MetadataDataStreamsService svc;

        @Inject
        public Modify(TransportService t, ClusterService c, ThreadPool p, ActionFilters f, MetadataDataStreamsService svc) {
            super(ModifyDataStreamsAction.NAME, t, c, p, f, ModifyDataStreamsAction.Request::new, p.executor(ThreadPool.Names.MANAGEMENT));
            this.svc = svc;
        }

        @Override
        protected void masterOperation(Task task, ModifyDataStreamsAction.Request r, ClusterState s, ActionListener<AcknowledgedResponse> l) {
            svc.modifyDataStream(r, l); //8
            svc.modifyDataStream(org.elasticsearch.cluster.metadata.ProjectId.DEFAULT, r, l); //9
        }

        @Override
        protected ClusterBlockException checkBlock(ModifyDataStreamsAction.Request r, ClusterState s) {
            return s.blocks().globalBlockedException(ClusterBlockLevel.METADATA_WRITE);
        }
    }

    public static class Create extends AcknowledgedTransportMasterNodeAction<CreateDataStreamAction.Request> {
        private final MetadataCreateDataStreamService svc;

        @Inject
        public Create(TransportService t, ClusterService c, ThreadPool p, ActionFilters f, MetadataCreateDataStreamService svc) {
            super(CreateDataStreamAction.NAME, t, c, p, f, CreateDataStreamAction.Request::new, p.executor(ThreadPool.Names.MANAGEMENT));
            this.svc = svc;
        }

        @Override
        protected void masterOperation(Task task, CreateDataStreamAction.Request r, ClusterState s, ActionListener<AcknowledgedResponse> l) {
            svc.createDataStream(new MetadataCreateDataStreamService.CreateDataStreamClusterStateUpdateRequest( //8
                r.getName(), null, r.masterNodeTimeout(), r.ackTimeout(), true), l); //8
            svc.createDataStream(new MetadataCreateDataStreamService.CreateDataStreamClusterStateUpdateRequest( //9
                org.elasticsearch.cluster.metadata.ProjectId.DEFAULT, r.getName(), null, r.masterNodeTimeout(), r.ackTimeout()), l); //9
        }

        @Override
        protected ClusterBlockException checkBlock(CreateDataStreamAction.Request r, ClusterState s) {
            return s.blocks().globalBlockedException(ClusterBlockLevel.METADATA_WRITE);
        }
    }
}
