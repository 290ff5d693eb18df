/** The spans of the made-up requests as rows for an engine's INSERT, in the columns of the OpenTelemetry Collector's ClickHouse exporter. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { SpanBodies, SPANS_PER_BODY } from './span-bodies.ts';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind: number;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly Attribute[];
        readonly status: { readonly code?: number };
      }[];
    }[];
  }[];
}

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const STATUSES = ['Unset', 'Ok', 'Error'];

const textsOf = (attributes: readonly Attribute[]): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));

/** Writes so many spans, one JSON object a line. */
export async function writeSpanRows(file: string, spans: number): Promise<void> {
  const bodies = new SpanBodies('json');
  const out = createWriteStream(file);
  const begin = BigInt(Date.now() - 3_600_000) * 1_000_000n;
  for (let number = 0; number * SPANS_PER_BODY < spans; number++) {
    const body = JSON.parse(bodies.body(number, begin + BigInt(number) * 1_000_000n).toString()) as Body;
    for (const { resource, scopeSpans } of body.resourceSpans) {
      const resourceAttributes = textsOf(resource.attributes);
      const shared = { ServiceName: resourceAttributes['service.name'], ResourceAttributes: resourceAttributes };
      for (const { scope, spans: some } of scopeSpans) {
        const rows = some.map((span) =>
          JSON.stringify({
            Timestamp: span.startTimeUnixNano,
            TraceId: span.traceId,
            SpanId: span.spanId,
            ParentSpanId: span.parentSpanId ?? '',
            SpanName: span.name,
            SpanKind: KINDS[span.kind],
            ...shared,
            ScopeName: scope.name,
            ScopeVersion: scope.version,
            SpanAttributes: textsOf(span.attributes),
            Duration: String(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)),
            StatusCode: STATUSES[span.status.code ?? 0],
          }),
        );
        if (!out.write(`${rows.join('\n')}\n`)) await once(out, 'drain');
      }
    }
  }
  out.end();
  await once(out, 'finish');
}
