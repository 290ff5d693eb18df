/** A TraceReader over spans in memory: for tests, benchmarks and tools. */

import {
  AtalayaError,
  type CancelSignal,
  type FoundTrace,
  type Span,
  type SpanAttribute,
  type SpanAttributeType,
  type SpanCountRequest,
  type SpanCounts,
  type TimeBounds,
} from '@atalaya/model';
import { readsField, readsTexts } from './field.ts';
import { compilePredicate } from './predicate.ts';
import type { TraceReader } from './trace-reader.ts';
import { compareTexts } from './value.ts';

/** Reads from the given spans; the iterable is walked anew for each reading, so that it may grow in between. */
export function createMemoryTraceReader(spans: Iterable<Span>): TraceReader {
  function* within({ start, end }: TimeBounds): Generator<Span> {
    for (const span of spans) if (span.start >= start && span.start < end) yield span;
  }

  return {
    async traces({ having, limit, before, ...range }, signal) {
      checkSignal(signal);
      const tests = having.map(compilePredicate);
      const met = new Map<string, { newest: bigint; readonly fulfilled: Set<number> }>();
      for (const span of within(range)) {
        const fulfilled = tests.flatMap((test, place) => (test(span) ? [place] : []));
        if (tests.length > 0 && fulfilled.length === 0) continue;
        const trace = met.get(span.traceId) ?? { newest: span.start, fulfilled: new Set() };
        met.set(span.traceId, trace);
        if (span.start > trace.newest) trace.newest = span.start;
        for (const place of fulfilled) trace.fulfilled.add(place);
      }
      const bounds = boundsOf(spans);
      const found = [...met]
        .filter(([, { newest, fulfilled }]) => fulfilled.size === tests.length && (before === undefined || newest < before))
        .map(([traceId, { newest }]): FoundTrace => ({ traceId, newest, ...bounds.get(traceId)! }));
      found.sort((a, b) => (a.newest === b.newest ? compareTexts(a.traceId, b.traceId) : a.newest > b.newest ? -1 : 1));
      return found.slice(0, limit);
    },

    async spans({ traceIds, within: bounds, having, brief = false, limit }, signal) {
      checkSignal(signal);
      const wanted = new Set(traceIds);
      const test = having === undefined ? undefined : compilePredicate(having);
      const found: Span[] = [];
      for (const span of bounds === undefined ? spans : within(bounds)) {
        if (!wanted.has(span.traceId) || test?.(span) === false) continue;
        found.push(brief ? withoutDetails(span) : span);
        if (found.length > limit) throw tooMany('the spans of an answer', limit, `the traces have more than ${limit} spans`);
      }
      return found.sort((a, b) => compareTexts(a.traceId, b.traceId) || (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    },

    async counts(request, signal) {
      checkSignal(signal);
      return countSpans(within(request), request);
    },

    async services(range, signal) {
      checkSignal(signal);
      const names = new Set<string>();
      for (const { origin } of within(range)) if (origin.serviceName !== '') names.add(origin.serviceName);
      return [...names].sort(compareTexts);
    },

    async operations({ service, kind, ...range }, signal) {
      checkSignal(signal);
      const operations = new Map<string, { name: string; kind: Span['kind'] }>();
      for (const span of within(range)) {
        if (service !== undefined && span.origin.serviceName !== service) continue;
        if (kind !== undefined && span.kind !== kind) continue;
        operations.set(`${span.kind} ${span.name}`, { name: span.name, kind: span.kind });
      }
      return [...operations.values()].sort((a, b) => compareTexts(a.name, b.name) || compareTexts(a.kind, b.kind));
    },

    async attributeNames({ limit, ...range }, signal) {
      checkSignal(signal);
      const names = { span: new Set<string>(), resource: new Set<string>(), scope: new Set<string>() };
      const inner = { event: new Set<string>(), link: new Set<string>() };
      const add = (to: Set<string>, attributes: readonly SpanAttribute[]): void => {
        for (const { name } of attributes) to.add(name);
      };
      for (const { attributes, origin, events, links } of within(range)) {
        add(names.span, attributes);
        add(names.resource, origin.resource);
        add(names.scope, origin.scope);
        for (const event of events) add(inner.event, event.attributes);
        for (const link of links) add(inner.link, link.attributes);
      }
      const some = (of: Set<string>): string[] => [...of].sort(compareTexts).slice(0, limit);
      const { span, resource, scope } = names;
      return { span: some(span), resource: some(resource), scope: some(scope), event: some(inner.event), link: some(inner.link) };
    },

    async values({ field, having, limit, ...range }, signal) {
      checkSignal(signal);
      const test = having === undefined ? undefined : compilePredicate(having);
      const read = readsField(field);
      const values = new Map<string, { type: SpanAttributeType; value: string; spans: number }>();
      for (const span of within(range)) {
        if (test?.(span) === false) continue;
        for (const value of read(span)) {
          // Lists, maps and bytes are nothing that a field could be compared with.
          if (value.type === 'array' || value.type === 'other') continue;
          const type: SpanAttributeType = value.type === 'kind' || value.type === 'status' ? 'keyword' : value.type;
          const text = String(value.value);
          const entry = values.get(`${type} ${text}`) ?? { type, value: text, spans: 0 };
          values.set(`${type} ${text}`, entry);
          entry.spans++;
        }
      }
      return [...values.values()]
        .sort((a, b) => b.spans - a.spans || compareTexts(a.value, b.value))
        .slice(0, limit)
        .map(({ type, value }) => ({ type, value }));
    },
  };
}

function checkSignal(signal: CancelSignal): void {
  if (signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'reading spans' });
}

function tooMany(setting: string, limit: number, reason: string): AtalayaError<'QUERY_LIMIT'> {
  return new AtalayaError('QUERY_LIMIT', { setting, limit, reason });
}

/** From the first start to behind the last one, by trace. */
function boundsOf(spans: Iterable<Span>): Map<string, TimeBounds> {
  const bounds = new Map<string, TimeBounds>();
  for (const { traceId, start } of spans) {
    const known = bounds.get(traceId) ?? { start, end: start + 1n };
    bounds.set(traceId, { start: start < known.start ? start : known.start, end: start >= known.end ? start + 1n : known.end });
  }
  return bounds;
}

/** A span as a brief answer has it. */
function withoutDetails(span: Span): Span {
  return { ...span, origin: { ...span.origin, resource: [], scope: [] }, attributes: [], events: [], links: [] };
}

interface Bucket {
  readonly at: number;
  spans: number;
  sum: number;
  min: number;
  max: number;
  readonly powers: Map<number, number>;
}

function countSpans(spans: Iterable<Span>, { start, width, having, by, durations, groups: most }: SpanCountRequest): SpanCounts[] {
  const test = compilePredicate(having);
  const readers = by.map(readsTexts);
  const groups = new Map<string, { values: (string | undefined)[]; buckets: Map<number, Bucket> }>();
  for (const span of spans) {
    if (!test(span)) continue;
    const values = readers.map((read) => read(span)[0]);
    const key = JSON.stringify(values.map((value) => value ?? null));
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { values, buckets: new Map() }));
    if (groups.size > most) throw tooMany('the groups of a count', most, `more than ${most} groups of spans would be counted`);
    const at = Number((span.start - start) / width);
    const bucket = group.buckets.get(at) ?? { at, spans: 0, sum: 0, min: Infinity, max: 0, powers: new Map<number, number>() };
    group.buckets.set(at, bucket);
    const duration = Number(span.duration);
    bucket.spans++;
    bucket.sum += duration;
    bucket.min = Math.min(bucket.min, duration);
    bucket.max = Math.max(bucket.max, duration);
    const power = highestBit(span.duration);
    bucket.powers.set(power, (bucket.powers.get(power) ?? 0) + 1);
  }
  return [...groups.values()].map(({ values, buckets }) => ({
    values,
    buckets: [...buckets.values()]
      .sort((a, b) => a.at - b.at)
      .map(({ powers, ...bucket }) => (durations ? { ...bucket, byPower: [...powers].sort(([a], [b]) => a - b) } : bucket)),
  }));
}

/** Place of the highest bit of a duration in nanoseconds: 0 for 0 and 1, 10 for 1024 to 2047. */
export function highestBit(duration: bigint): number {
  return duration <= 1n ? 0 : duration.toString(2).length - 1;
}
