/** Makes spans for the benchmark of the trace store in a process of its own, so that what that takes is not measured: frames on standard output. */

import { once } from 'node:events';
import { encodeSpanBatch } from '@atalaya/journal';
import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { SpanWorkload } from './span-workload.ts';

const [start = '0', batches = '1', batchSize = '512', form = 'batches', randomIds = ''] = process.argv.slice(2);
const workload = new SpanWorkload(BigInt(start), { randomIds: randomIds === 'random' });

for (let i = 0; i < Number(batches); i++) {
  const spans = workload.batch(Number(batchSize));
  const payload = form === 'json' ? Buffer.from(spans.map((span) => `${jsonRow(span)}\n`).join('')) : encodeSpanBatch(spanBatch(spans));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(payload.length);
  process.stdout.write(length);
  if (!process.stdout.write(payload)) await once(process.stdout, 'drain');
}

/** One span as the exporter's columns, in JSON. */
function jsonRow(span: PlainSpan): string {
  const texts = (attributes: PlainSpan['attributes'] = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, typeof value === 'string' ? value : value[1]]));
  const { service = '', events = [] } = span;
  return JSON.stringify({
    Timestamp: String(span.start),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId,
    SpanName: span.name,
    SpanKind: span.kind === 2 ? 'Server' : 'Client',
    ServiceName: service,
    ResourceAttributes: { 'service.name': service, ...texts(span.resource) },
    ScopeName: span.scopeName,
    ScopeVersion: span.scopeVersion,
    SpanAttributes: texts(span.attributes),
    Duration: String(span.duration),
    StatusCode: span.status === 2 ? 'Error' : 'Unset',
    StatusMessage: span.statusMessage ?? '',
    'Events.Timestamp': events.map(({ time }) => String(time)),
    'Events.Name': events.map(({ name }) => name),
    'Events.Attributes': events.map(({ attributes }) => texts(attributes)),
  });
}
