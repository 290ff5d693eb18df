/** `/health/*`, `/-/healthy`, `/-/ready` and the program's own metrics. */

import type { FastifyInstance } from 'fastify';
import type { Parts } from '../parts.ts';

/** Registers health and self-monitoring. */
export function healthRoutes(app: FastifyInstance, parts: Parts): void {
  const { clock, metrics, settings } = parts;

  app.get('/health/live', { schema: { tags: ['health'], summary: 'Answers while the process lives' } }, async () => ({ status: 'ok' }));

  app.get('/health/ready', { schema: { tags: ['health'], summary: '200 when every part serves, else 503' } }, async (_request, reply) => {
    const checked = parts.dependencies();
    metrics.readiness(checked, clock.now());
    const ready = checked.every(({ up }) => up);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', dependencies: checked });
  });

  app.get('/health/detailed', { schema: { tags: ['health'], summary: 'State of every part' } }, async () => parts.status());

  app.get('/health/buffer', { schema: { tags: ['health'], summary: 'State of the journal' } }, async (_request, reply) => {
    const { journal } = await parts.status();
    const healthy = journal.state === 'ok';
    return reply
      .code(healthy ? 200 : 503)
      .send({ status: healthy ? 'ok' : journal.state, utilizationPercent: (100 * journal.bytes) / journal.limitBytes, ...journal });
  });

  app.get('/health/database', { schema: { tags: ['health'], summary: 'State of the storage engine' } }, async (_request, reply) => {
    const { engine } = await parts.status();
    const healthy = engine.state === 'ready' && engine.breaker === 'closed';
    return reply.code(healthy ? 200 : 503).send({ status: healthy ? 'ok' : 'unavailable', ...engine });
  });

  app.get('/-/healthy', { schema: { tags: ['health'], summary: 'Prometheus-style health' } }, async (_request, reply) =>
    reply.type('text/plain').send('Atalaya is Healthy.\n'),
  );

  app.get('/-/ready', { schema: { tags: ['health'], summary: 'Prometheus-style readiness' } }, async (_request, reply) => {
    const ready = parts.dependencies().every(({ up }) => up);
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain')
      .send(ready ? 'Atalaya is Ready.\n' : 'Service Unavailable');
  });

  app.get('/metrics/prometheus', { schema: { tags: ['health'], summary: 'Own metrics as Prometheus text' } }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.text()),
  );

  app.get(
    '/metrics',
    { schema: { tags: ['health'], summary: 'Own metrics: text, or the pipeline as JSON for Accept: application/json' } },
    async (request, reply) => {
      if (request.headers.accept?.includes('application/json') !== true) {
        return reply.type(metrics.registry.contentType).send(await metrics.text());
      }
      const journal = parts.journal.stats();
      const { samplesWritten, rejected } = parts.writer.stats();
      return reply.send({
        size: journal.bytes,
        capacity: settings['journal.limit'],
        utilizationPercent: (100 * journal.bytes) / journal.limitBytes,
        totalEnqueued: samplesWritten,
        totalDropped: Object.values(rejected).reduce((sum, count) => sum + count, 0),
        lastEnqueueTime: isoTime(parts.lastEnqueueAt()),
        lastDrainTime: isoTime(metrics.lastDrainAt),
        totalBatchesProcessed: metrics.totalBatches,
        totalEventsProcessed: metrics.totalRows,
        totalInsertTimeMs: metrics.totalInsertMs,
        averageBatchProcessingTimeMs: metrics.totalBatches === 0 ? 0 : metrics.totalRoundMs / metrics.totalBatches,
      });
    },
  );
}

function isoTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
