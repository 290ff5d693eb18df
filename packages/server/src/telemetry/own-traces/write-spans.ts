/** Own spans as a batch for the span writer. */

import os from 'node:os';
import { ATTRIBUTE_TYPE } from '@atalaya/model';
import { HexId, SpanCollector, type SpanCollectors } from '@atalaya/receive';
import { VERSION } from '../../version.ts';
import type { OwnSpan, OwnValue } from './own-span.ts';

/** As OTLP numbers them. */
const KINDS = { internal: 1, server: 2 } as const;
const ERROR = 2;
const SAMPLED = 1;
const NANOSECONDS = 1e6;

const RESOURCE: readonly (readonly [name: string, value: string, type: number])[] = [
  ['service.name', 'atalaya', ATTRIBUTE_TYPE.string],
  ['service.version', VERSION, ATTRIBUTE_TYPE.string],
  ['host.name', os.hostname(), ATTRIBUTE_TYPE.string],
  ['process.pid', String(process.pid), ATTRIBUTE_TYPE.int],
];
const ORIGIN = {
  serviceName: 'atalaya',
  resourceSchemaUrl: '',
  resource: {
    names: RESOURCE.map(([name]) => name),
    values: RESOURCE.map(([, value]) => value),
    types: String.fromCharCode(...RESOURCE.map(([, , type]) => type)),
  },
  resourceDropped: 0,
  scopeSchemaUrl: '',
  scopeName: 'atalaya',
  scopeVersion: VERSION,
  scope: { names: [], values: [], types: '' },
  scopeDropped: 0,
};

/** Resolves with the number of spans that were written, when they are on disk. */
export async function writeSpans(spans: readonly OwnSpan[], collectors: SpanCollectors): Promise<number> {
  const collector = new SpanCollector(collectors);
  const id = new HexId();
  const { columns } = collector;
  collector.setOrigin(ORIGIN);
  for (const span of spans) {
    collector.begin();
    id.read(span.traceId);
    columns.setTraceId(id.bytes, 0, id.length);
    id.read(span.spanId);
    columns.setSpanId(id.bytes, 0, id.length);
    id.read(span.parentSpanId);
    columns.setParentSpanId(id.bytes, 0, id.length);
    const start = BigInt(Math.round(span.startMs * NANOSECONDS));
    columns.setTimes(start, start + BigInt(Math.round(Math.max(0, span.durationMs) * NANOSECONDS)));
    columns.name.set(span.name);
    columns.kind = KINDS[span.kind];
    columns.flags = SAMPLED;
    if (span.failure !== undefined) {
      columns.status = ERROR;
      columns.statusMessage.set(span.failure);
    }
    for (const [name, value] of Object.entries(span.attributes)) {
      if (value !== undefined) columns.attributes.add(name, String(value), typeOf(value));
    }
    collector.end(columns.attributeBytes);
  }
  const refused = [...collector.refused.values()].reduce((sum, count) => sum + count, 0);
  await collector.commit();
  return spans.length - refused;
}

function typeOf(value: OwnValue): number {
  if (typeof value === 'string') return ATTRIBUTE_TYPE.string;
  if (typeof value === 'boolean') return ATTRIBUTE_TYPE.bool;
  return Number.isInteger(value) ? ATTRIBUTE_TYPE.int : ATTRIBUTE_TYPE.double;
}
