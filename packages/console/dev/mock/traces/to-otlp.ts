/** A pretended trace as OTLP JSON. */

import type { AnyValueJson, KeyValueJson, TracesJson } from '../../../src/data/traces/otlp.ts';
import type { Value } from './drawing.ts';
import type { MockTrace } from './world.ts';

/** The trace as OTLP JSON. */
export function toOtlp({ id, at, spans }: MockTrace): TracesJson {
  const services = [...new Set(spans.map(({ service }) => service))];
  const begin = BigInt(at) * 1_000_000n;
  return {
    resourceSpans: services.map((service) => ({
      resource: {
        attributes: attributesJson({
          'service.name': service,
          'service.version': '2.4.1',
          'service.instance.id': `${service}-1`,
          'host.name': service === 'web' ? 'edge-1' : 'app-1',
          'telemetry.sdk.language': 'nodejs',
          'process.pid': 811,
        }),
      },
      scopeSpans: [
        {
          scope: { name: '@opentelemetry/instrumentation-http', version: '0.210.0' },
          spans: spans
            .filter((span) => span.service === service)
            .map((span) => ({
              traceId: id,
              spanId: span.id,
              ...(span.parent === '' ? {} : { parentSpanId: span.parent }),
              name: span.name,
              kind: span.kind,
              startTimeUnixNano: String(begin + BigInt(span.start)),
              endTimeUnixNano: String(begin + BigInt(span.start + span.duration)),
              attributes: attributesJson(span.attributes),
              events: span.events.map((event) => ({
                timeUnixNano: String(begin + BigInt(event.at)),
                name: event.name,
                attributes: attributesJson(event.attributes),
              })),
              links: span.links,
              status: span.error === '' ? {} : { code: 2, message: span.error },
            })),
        },
      ],
    })),
  };
}

function attributesJson(attributes: Readonly<Record<string, Value>>): KeyValueJson[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): AnyValueJson {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } };
}
