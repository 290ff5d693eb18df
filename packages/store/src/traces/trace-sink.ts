/** The trace store as the loader sees it. */

import type { Sink } from '../loader/sink.ts';
import { readSpanRecord, type SpanRecord } from './span-record.ts';
import type { TraceStore } from './store-interface.ts';

/** Puts records of spans into the store. */
export function traceSink(store: Pick<TraceStore, 'take' | 'load'>): Sink<SpanRecord> {
  return {
    decode: readSpanRecord,
    rowsOf: ({ batch }) => batch.rows,
    take: (record) => store.take(record),
    async load(records) {
      const { spans } = await store.load(records);
      return { rows: spans, newSeries: 0 };
    },
  };
}
