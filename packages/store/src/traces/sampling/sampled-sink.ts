/** A sink for spans that puts into the store only what the sampler keeps; what it holds stays in the journal. */

import { comparePositions, type JournalPosition } from '@atalaya/journal';
import type { Sink } from '../../loader/sink.ts';
import type { SpanRecord } from '../span-record.ts';
import type { ReleasedSpans } from './held-spans.ts';
import type { TraceSampler } from './trace-sampler.ts';

/** Puts the sampler before a sink. */
export function sampledSink(inner: Sink<SpanRecord>, sampler: TraceSampler): Sink<SpanRecord> {
  /** Taken in by the inner sink, but not loaded. */
  const ready = new Set<ReleasedSpans>();
  const release = (released: readonly ReleasedSpans[]): void => {
    for (const each of released) {
      inner.take(each.record, each.from);
      ready.add(each);
    }
  };
  return {
    decode: (record) => inner.decode(record),
    rowsOf: (record) => inner.rowsOf(record),
    take: (record, from) => release(sampler.take(record, from)),
    async load() {
      sampler.settle();
      const loading = [...ready];
      if (loading.length === 0) return { rows: 0, newSeries: 0 };
      // No token: what is loaded with the same records differs from try to try.
      const result = await inner.load(
        loading.map(({ record }) => record),
        {},
      );
      for (const each of loading) ready.delete(each);
      return result;
    },
    heldFrom() {
      let first: JournalPosition | undefined = sampler.heldFrom;
      for (const { from } of ready) if (first === undefined || comparePositions(from, first) < 0) first = from;
      return first;
    },
  };
}
