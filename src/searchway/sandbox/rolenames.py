"""Names that role definitions may use: privileges and reserved roles.

The lists hold the engines' built-in names; see
https://www.elastic.co/docs/reference/elasticsearch/security-privileges.
"""

from searchway.sandbox.wordlist import words

CLUSTER_PRIVILEGES = words("""all cancel_task create_snapshot cross_cluster_replication cross_cluster_search delegate_pki grant_api_key manage
    manage_api_key manage_autoscaling manage_behavioral_analytics manage_ccr manage_connector manage_data_frame_transforms
    manage_data_stream_global_retention manage_enrich manage_esql manage_ilm manage_index_templates manage_inference
    manage_ingest_pipelines manage_logstash_pipelines manage_ml manage_oidc manage_own_api_key manage_pipeline manage_rollup
    manage_saml manage_search_application manage_search_query_rules manage_search_synonyms manage_security
    manage_service_account manage_slm manage_token manage_transform manage_user_profile manage_watcher monitor
    monitor_connector monitor_data_frame_transforms monitor_data_stream_global_retention monitor_enrich monitor_esql
    monitor_inference monitor_ml monitor_rollup monitor_snapshot monitor_stats monitor_text_structure monitor_transform
    monitor_watcher none post_behavioral_analytics_event read_ccr read_connector_secrets read_fleet_secrets read_ilm
    read_pipeline read_security read_slm transport_client write_connector_secrets write_fleet_secrets""")
INDEX_PRIVILEGES = words("""all auto_configure create create_doc create_index cross_cluster_replication cross_cluster_replication_internal
    delete delete_index index maintenance manage manage_data_stream_lifecycle manage_failure_store manage_follow_index
    manage_ilm manage_leader_index monitor none read read_cross_cluster read_failure_store view_index_metadata
    write""")
REMOTE_CLUSTER_PRIVILEGES = ("monitor_enrich", "monitor_stats")
RESERVED_ROLES = frozenset(
    words("""apm_system apm_user beats_admin beats_system data_frame_transforms_admin data_frame_transforms_user editor
    enrich_user inference_admin inference_user ingest_admin kibana_admin kibana_dashboard_only_user kibana_system
    kibana_user logstash_admin logstash_system machine_learning_admin machine_learning_user monitoring_user
    remote_monitoring_agent remote_monitoring_collector reporting_user rollup_admin rollup_user snapshot_user superuser
    transform_admin transform_user transport_client viewer watcher_admin watcher_user""")
)
