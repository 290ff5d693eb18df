/** `/loki/api/v1/{status/buildinfo,drilldown-limits,format_query}` and `/ready`: what clients of Loki ask before they ask for lines. */

import { LogqlError, parseLogql, prettyLogql } from '@atalaya/lang';
import { AtalayaError, formatDuration, OTLP_INDEX_ATTRIBUTES } from '@atalaya/model';
import { SERVICE_TELLERS } from '@atalaya/model';
import { LEVEL_NAMES } from '@atalaya/receive';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../../../version.ts';
import { queryParameter } from '../../loki/parameters.ts';
import { parametersOf } from '../../parameters.ts';
import type { Parts } from '../../parts.ts';

/** Clients decide by the version what they may ask: the newest Loki whose API this one is. */
const LOKI_VERSION = '3.5.0';

/** Registers the routes. */
export function lokiStatusRoutes(app: FastifyInstance, parts: Parts): void {
  const { settings } = parts;

  app.get('/loki/api/v1/status/buildinfo', { schema: { tags: ['logs'], summary: 'The Loki whose API this one is' } }, async () => ({
    version: LOKI_VERSION,
    revision: VERSION,
    branch: 'main',
    buildUser: 'atalaya',
    buildDate: '',
    goVersion: '',
  }));

  app.get('/ready', { schema: { tags: ['health'], summary: 'Loki-style readiness' } }, async (_request, reply) => {
    const ready = parts.dependencies().every(({ up }) => up);
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(ready ? 'ready\n' : 'not ready\n');
  });

  app.get(
    '/loki/api/v1/drilldown-limits',
    { schema: { tags: ['logs'], summary: "What Grafana's Logs Drilldown may ask for" } },
    async () => ({
      limits: {
        discover_log_levels: true,
        discover_service_name: SERVICE_TELLERS,
        log_level_fields: [...LEVEL_NAMES],
        max_entries_limit_per_query: settings['query.log_entries'],
        max_line_size_truncate: false,
        max_query_bytes_read: '0B',
        max_query_length: '0s',
        max_query_lookback: '0s',
        max_query_range: '0s',
        max_query_series: settings['query.log_series'],
        metric_aggregation_enabled: false,
        otlp_config: {
          resource_attributes: { attributes_config: [{ action: 'index_label', attributes: [...OTLP_INDEX_ATTRIBUTES] }] },
        },
        pattern_persistence_enabled: false,
        query_timeout: formatDuration(settings['query.timeout']),
        retention_period: formatDuration(settings['retention.logs']),
        volume_enabled: true,
        volume_max_series: settings['query.log_series'],
      },
      pattern_ingester_enabled: true,
      version: LOKI_VERSION,
    }),
  );

  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/format_query',
    schema: { tags: ['logs'], summary: 'Formats a LogQL expression' },
    handler: async (request) => {
      try {
        return { status: 'success', data: prettyLogql(parseLogql(queryParameter(parametersOf(request)))) };
      } catch (error) {
        if (error instanceof LogqlError) throw new AtalayaError('BAD_REQUEST', { reason: error.message });
        throw error;
      }
    },
  });
}
