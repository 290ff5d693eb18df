/** Some of the spans of a batch as a batch of their own. */

import { eachText } from './packed-texts.ts';
import type { AttributeColumns, SpanBatch } from './span-batch.ts';

/** The rows whose mark is 1, in their order. Origins stay as they are, though no row may have them. */
export function selectSpans(batch: SpanBatch, keep: Uint8Array): SpanBatch {
  const rows = keep.reduce((sum, mark) => sum + mark, 0);
  const fixed = <Values extends Uint8Array | Uint32Array | BigInt64Array | BigUint64Array>(column: Values, width = 1): Values =>
    column.filter((_: number | bigint, i: number) => keep[Math.floor(i / width)] === 1) as Values;
  const { events, links } = batch;
  const keepEvents = repeated(keep, events.counts);
  const keepLinks = repeated(keep, links.counts);
  const ofEvents = <Values extends Uint8Array | BigInt64Array>(column: Values): Values =>
    column.filter((_: number | bigint, i: number) => keepEvents[i] === 1) as Values;
  const ofLinks = (column: Uint8Array, width: number): Uint8Array => column.filter((_, i) => keepLinks[Math.floor(i / width)] === 1);
  return {
    rows,
    origins: batch.origins,
    rowOrigins: fixed(batch.rowOrigins),
    traceIds: fixed(batch.traceIds, 16),
    spanIds: fixed(batch.spanIds, 8),
    parentSpanIds: fixed(batch.parentSpanIds, 8),
    starts: fixed(batch.starts),
    durations: fixed(batch.durations),
    kinds: fixed(batch.kinds),
    statusCodes: fixed(batch.statusCodes),
    flags: fixed(batch.flags),
    names: texts(batch.names, keep),
    statusMessages: texts(batch.statusMessages, keep),
    traceStates: texts(batch.traceStates, keep),
    dropped: fixed(batch.dropped, 3),
    attributes: attributes(batch.attributes, keep),
    events: {
      counts: fixed(events.counts),
      times: ofEvents(events.times),
      names: texts(events.names, keepEvents),
      attributes: attributes(events.attributes, keepEvents),
    },
    links: {
      counts: fixed(links.counts),
      traceIds: ofLinks(links.traceIds, 16),
      spanIds: ofLinks(links.spanIds, 8),
      traceStates: texts(links.traceStates, keepLinks),
      attributes: attributes(links.attributes, keepLinks),
    },
  };
}

/** The mark of each row, as often as it has things. */
function repeated(keep: Uint8Array, counts: Uint32Array): Uint8Array {
  const marks = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [row, count] of counts.entries()) marks.fill(keep[row] as number, at, (at += count));
  return marks;
}

/** The texts whose mark is 1. */
function texts(column: Uint8Array, keep: Uint8Array): Uint8Array {
  const selected = new Uint8Array(column.length);
  let from = 0;
  let to = 0;
  let row = 0;
  eachText(column, (_start, end) => {
    if (keep[row++] === 1) {
      selected.set(column.subarray(from, end), to);
      to += end - from;
    }
    from = end;
  });
  return selected.subarray(0, to);
}

function attributes({ counts, types, names, values }: AttributeColumns, keep: Uint8Array): AttributeColumns {
  const each = repeated(keep, counts);
  return {
    counts: counts.filter((_, i) => keep[i] === 1),
    types: types.filter((_, i) => each[i] === 1),
    names: texts(names, each),
    values: texts(values, each),
  };
}
