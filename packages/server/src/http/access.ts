/**
 * The one access table: who may use which route. A route without an entry cannot be registered, and an entry without a
 * route fails the tests.
 */

/**
 * What a route is for, which decides who may use it once there are users: `open` needs nobody (health, the console's
 * own files), `ingest` writes data, `read` reads it, `operate` changes how the program runs.
 */
export type Access = 'open' | 'ingest' | 'read' | 'operate';

/** Every route, by method and path. HEAD goes with GET. */
export const ACCESS: Readonly<Record<string, Access>> = {
  'GET /api/v1/query': 'read',
  'POST /api/v1/query': 'read',
  'GET /api/v1/query_range': 'read',
  'POST /api/v1/query_range': 'read',
  'GET /api/atalaya/explain': 'read',
  'POST /api/atalaya/explain': 'read',
  'GET /api/v1/query_exemplars': 'read',
  'POST /api/v1/query_exemplars': 'read',
  'GET /api/v1/labels': 'read',
  'POST /api/v1/labels': 'read',
  'GET /api/v1/label/:name/values': 'read',
  'GET /api/v1/series': 'read',
  'POST /api/v1/series': 'read',
  'GET /api/v1/metadata': 'read',
  'GET /api/v1/targets': 'read',
  'GET /api/v1/targets/metadata': 'read',
  'GET /api/v1/scrape_pools': 'read',
  'GET /api/v1/format_query': 'read',
  'POST /api/v1/format_query': 'read',
  'GET /api/v1/parse_query': 'read',
  'POST /api/v1/parse_query': 'read',
  'GET /api/v1/rules': 'read',
  'GET /api/v1/alerts': 'read',
  'GET /api/v1/alertmanagers': 'read',
  'GET /api/v1/notifications': 'read',
  'GET /api/v1/notifications/live': 'read',
  'GET /api/v1/status/walreplay': 'read',
  'GET /api/v1/status/buildinfo': 'read',
  'GET /api/v1/status/runtimeinfo': 'read',
  'GET /api/v1/status/tsdb': 'read',
  'GET /api/v1/status/config': 'read',
  'GET /api/v1/status/flags': 'read',
  'POST /api/v1/read': 'read',
  'GET /federate': 'read',
  'POST /api/v1/write': 'ingest',
  'GET /loki/api/v1/format_query': 'read',
  'POST /loki/api/v1/format_query': 'read',
  'GET /api/atalaya/status': 'read',
  'GET /api/atalaya/config': 'read',
  'GET /api/atalaya/storage/metrics': 'read',
  'GET /api/atalaya/openapi.json': 'open',
  'GET /health/live': 'open',
  'GET /health/ready': 'open',
  'GET /health/detailed': 'read',
  'GET /health/buffer': 'read',
  'GET /health/database': 'read',
  'GET /-/healthy': 'open',
  'GET /-/ready': 'open',
  'POST /-/reload': 'operate',
  'PUT /-/reload': 'operate',
  'POST /api/v1/admin/tsdb/delete_series': 'operate',
  'PUT /api/v1/admin/tsdb/delete_series': 'operate',
  'POST /api/v1/admin/tsdb/clean_tombstones': 'operate',
  'PUT /api/v1/admin/tsdb/clean_tombstones': 'operate',
  'POST /api/v1/admin/tsdb/snapshot': 'operate',
  'PUT /api/v1/admin/tsdb/snapshot': 'operate',
  'GET /metrics': 'read',
  'GET /metrics/prometheus': 'read',
  'GET /*': 'open',
};
