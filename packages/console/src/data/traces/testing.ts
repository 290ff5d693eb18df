/** For tests: traces from a few words. */

import type { SpanAttribute, Trace, TraceSpan } from './span.ts';

/** A span: what is left out is empty. Times in milliseconds. */
export interface PlainSpan {
  readonly id: string;
  readonly parent?: string;
  readonly service?: string;
  readonly name?: string;
  readonly start: number;
  readonly duration: number;
  readonly error?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The spans as a trace that began at 2026-11-22T12:00:00Z. Each service runs on a host of its own. */
export function traceOf(spans: readonly PlainSpan[], id = 'a'.repeat(32)): Trace {
  const origins = new Map<string, TraceSpan['origin']>();
  const originOf = (service: string) => {
    const known = origins.get(service);
    if (known !== undefined) return known;
    const resource: SpanAttribute[] = [
      { key: 'service.name', type: 'string', value: service },
      { key: 'host.name', type: 'string', value: `host-of-${service}` },
    ];
    const origin = { service, resource, scopeName: '', scopeVersion: '', scope: [] };
    origins.set(service, origin);
    return origin;
  };
  const made = spans.map(
    ({ id: spanId, parent = '', service = 'web', name = spanId, start, duration, error = false, attributes = {} }): TraceSpan => ({
      id: spanId,
      parentId: parent,
      origin: originOf(service),
      name,
      kind: 'internal',
      start: start * 1e6,
      duration: duration * 1e6,
      status: error ? 'error' : 'unset',
      statusMessage: '',
      traceState: '',
      attributes: Object.entries(attributes).map(([key, value]) => ({ key, type: 'string', value })),
      events: [],
      links: [],
      dropped: 0,
    }),
  );
  return {
    id,
    begin: 1_795_348_800_000_000_000n,
    duration: Math.max(...made.map((span) => span.start + span.duration)),
    spans: made,
  };
}
