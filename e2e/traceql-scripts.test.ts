/** The TraceQL scripts of the query room through the whole program: OTLP, journal, store, engine process, query worker, Tempo's API. */

import { readdirSync, readFileSync } from 'node:fs';
import {
  type PlainAttributes,
  type PlainSpan,
  type PlainValue,
  type RepliedSeries,
  runTraceScript,
  type TraceEvalCommand,
  type TraceReply,
  type TraceTarget,
} from '@atalaya/query/testing';
import { expect, test } from 'vitest';
import { programs } from './programs.ts';

const start = programs();
const FOLDER = new URL('../packages/query/test/traces/scripts/', import.meta.url);
const HOUR = 3_600_000_000_000n;
/** How far apart scripts lie that share a server; queries without times look at an hour. */
const SECTION = 2n * HOUR;
const FIRST = (BigInt(Date.now()) * 1_000_000n) / HOUR - 20n;
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

type AnyValue = Readonly<Record<string, unknown>>;

function anyValue(value: PlainValue): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return 'type' in value
    ? { [`${value.type}Value`]: value.value }
    : { arrayValue: { values: value.map((one) => anyValue(one as PlainValue)) } };
}

const keyValues = (attributes: PlainAttributes = {}): object[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

/** Ids of one script are told from those of another by their first digits. */
const traceId = (id: string, place: number): string => place.toString(16).padStart(4, '0') + id.padStart(28, '0');
const spanId = (id: string): string => id.padStart(16, '0');

function otlp({ service, resource, scopeName, scopeVersion, scope, ...span }: PlainSpan, place: number, shift: bigint): object {
  const begin = shift + (span.start ?? 0n);
  return {
    resource: { attributes: keyValues(service === undefined ? resource : { 'service.name': service, ...resource }) },
    scopeSpans: [
      {
        scope: { name: scopeName ?? '', version: scopeVersion ?? '', attributes: keyValues(scope) },
        spans: [
          {
            traceId: traceId(span.trace, place),
            spanId: spanId(span.id),
            parentSpanId: (span.parent ?? '') === '' ? '' : spanId(span.parent ?? ''),
            name: span.name ?? '',
            kind: KINDS.indexOf(span.kind ?? 'unspecified'),
            startTimeUnixNano: String(begin),
            endTimeUnixNano: String(begin + (span.duration ?? 0n)),
            status: { code: STATUSES.indexOf(span.status ?? 'unset'), message: span.statusMessage ?? '' },
            attributes: keyValues(span.attributes),
            events: (span.events ?? []).map(({ time = 0n, name, attributes }) => ({
              timeUnixNano: String(shift + time),
              name,
              attributes: keyValues(attributes),
            })),
            links: (span.links ?? []).map((link) => ({
              traceId: traceId(link.trace, place),
              spanId: spanId(link.id),
              attributes: keyValues(link.attributes),
            })),
          },
        ],
      },
    ],
  };
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
}
interface Answer {
  readonly traces?: readonly {
    readonly traceID: string;
    readonly spanSets: readonly {
      readonly spans: readonly { spanID: string; attributes: readonly KeyValue[] }[];
      readonly attributes?: readonly KeyValue[];
    }[];
  }[];
  readonly series?: readonly {
    readonly labels: readonly KeyValue[];
    readonly value?: number;
    readonly samples?: readonly { readonly timestampMs: string; readonly value: number }[];
  }[];
}

const texts = (attributes: readonly KeyValue[] = []): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0] ?? '')]));

/** Milliseconds from the beginning of the script. */
function pointsOf({ type, end }: TraceEvalCommand, shift: bigint, series: NonNullable<Answer['series']>[number]): RepliedSeries['points'] {
  if (type === 'range')
    return (series.samples ?? []).map(({ timestampMs, value }) => [Number(BigInt(timestampMs) - shift / 1_000_000n), value]);
  // Of what is only a remark there is no value.
  return series.labels.some(({ key }) => key === '__meta_error') ? [] : [[Number(end / 1_000_000n), series.value ?? Number.NaN]];
}

function targetAt(url: string, place: number): TraceTarget {
  const shift = FIRST * HOUR + BigInt(place) * SECTION;
  return {
    clear: () => Promise.resolve(),
    async push(spans) {
      const body = JSON.stringify({ resourceSpans: spans.map((span) => otlp(span, place, shift)) });
      const reply = await fetch(`${url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const told = await reply.text();
      if (!reply.ok || told.includes('rejectedSpans')) throw new Error(`${reply.status} ${told}`);
    },
    async ask(command): Promise<TraceReply> {
      const { type, query, start: from, end, step, limit, spans } = command;
      const route = { search: 'search', range: 'metrics/query_range', instant: 'metrics/query' }[type];
      const parameters = new URLSearchParams({ q: query, start: String(shift + from), end: String(shift + end) });
      if (type === 'search') for (const [name, value] of Object.entries({ limit, spss: spans })) parameters.set(name, String(value));
      if (type === 'range') parameters.set('step', `${step / 1_000_000n}ms`);
      const reply = await fetch(`${url}/tempo/api/${route}?${parameters.toString()}`);
      const text = await reply.text();
      if (!reply.ok) return { error: text };
      const { traces, series = [] } = JSON.parse(text) as Answer;
      if (traces === undefined)
        return { series: series.map((one) => ({ labels: texts(one.labels), points: pointsOf(command, shift, one) })) };
      const spansets = traces.flatMap(({ traceID, spanSets }) =>
        spanSets.map((set) => ({
          traceId: traceID.slice(4),
          spans: set.spans.map((span) => ({ spanId: span.spanID, attributes: texts(span.attributes) })),
          attributes: texts(set.attributes),
        })),
      );
      return { spansets };
    },
  };
}

test('every script gives over HTTP what it says', async () => {
  const { url } = await start();
  let total = 0;
  const failures: string[] = [];
  // The first one names ids of traces, and the first place leaves them as they are.
  for (const [place, name] of readdirSync(FOLDER).sort().entries()) {
    const result = await runTraceScript(readFileSync(new URL(name, FOLDER), 'utf8'), targetAt(url, place));
    total += result.evals;
    failures.push(...result.failures.map((failure) => `${name} ${failure}`));
  }
  console.log(`${total} evals over HTTP`);
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(195);
}, 300_000);

test('limits are told by the names of their settings', async () => {
  const { url } = await start({ environment: { ATALAYA_QUERY_TRACE_SPANS: '3', ATALAYA_QUERY_TRACE_SERIES: '2' } });
  const script = `
trace a
  1 web "a" 1s+1s
    2 web "b" 1s+1s
    3 web "c" 1s+1s span.n=1
    4 web "d" 1s+1s

eval search { name = "a" }
  expect fail query.trace_spans (3)

eval search { childCount > 7 }
  expect fail query.trace_spans (3)

eval range from 0s to 10s step 10s { } | rate() by (name)
  expect fail query.trace_series (2)

eval range from 0s to 10s step 10s { } | max_over_time(span.n)
  expect fail query.trace_spans (3)

eval range from 0s to 10s step 10s { .n > 0 } | max_over_time(span.n)
  {__name__="max_over_time"} 1
`;
  const { failures } = await runTraceScript(script, targetAt(url, 0));
  expect(failures).toEqual([]);
}, 60_000);
