/** The log store as the loader sees it. */

import type { Sink } from '../loader/sink.ts';
import { type LogRecord, readLogRecord } from './log-record.ts';
import type { LogStore } from './store-interface.ts';

/** Puts records of log lines into the store. */
export function logSink(store: Pick<LogStore, 'take' | 'load'>): Sink<LogRecord> {
  return {
    decode: readLogRecord,
    rowsOf: ({ batch }) => batch.rows,
    take: (record) => store.take(record),
    async load(records) {
      const { lines, newStreams } = await store.load(records);
      return { rows: lines, newSeries: newStreams };
    },
  };
}
