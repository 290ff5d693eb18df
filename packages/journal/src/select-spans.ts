/** Some of the spans of a batch as a batch of their own: every span passes here while not all are kept, so ranges are copied, not elements. */

import type { AttributeColumns, SpanBatch } from './span-batch.ts';

/** The rows whose mark is 1, in their order. Origins stay as they are, though no row may have them. The columns are owned by the caller. */
export function selectSpans(batch: SpanBatch, keep: Uint8Array): SpanBatch {
  const ranges = rangesOf(keep);
  const { events, links } = batch;
  const keepEvents = repeated(keep, events.counts);
  const keepLinks = repeated(keep, links.counts);
  const ofEvents = rangesOf(keepEvents);
  const ofLinks = rangesOf(keepLinks);
  return {
    rows: lengthOf(ranges),
    origins: batch.origins,
    rowOrigins: fixed(batch.rowOrigins, ranges),
    traceIds: fixed(batch.traceIds, ranges, 16),
    spanIds: fixed(batch.spanIds, ranges, 8),
    parentSpanIds: fixed(batch.parentSpanIds, ranges, 8),
    starts: fixed(batch.starts, ranges),
    durations: fixed(batch.durations, ranges),
    kinds: fixed(batch.kinds, ranges),
    statusCodes: fixed(batch.statusCodes, ranges),
    flags: fixed(batch.flags, ranges),
    names: texts(batch.names, keep),
    statusMessages: texts(batch.statusMessages, keep),
    traceStates: texts(batch.traceStates, keep),
    dropped: batch.dropped.length === 0 ? batch.dropped : fixed(batch.dropped, ranges, 3),
    attributes: attributes(batch.attributes, keep, ranges),
    events: {
      counts: fixed(events.counts, ranges),
      times: fixed(events.times, ofEvents),
      names: texts(events.names, keepEvents),
      attributes: attributes(events.attributes, keepEvents, ofEvents),
    },
    links: {
      counts: fixed(links.counts, ranges),
      traceIds: fixed(links.traceIds, ofLinks, 16),
      spanIds: fixed(links.spanIds, ofLinks, 8),
      traceStates: texts(links.traceStates, keepLinks),
      attributes: attributes(links.attributes, keepLinks, ofLinks),
    },
  };
}

/** Where marks begin to be 1, and where they end: two numbers a range. */
function rangesOf(keep: Uint8Array): number[] {
  const ranges: number[] = [];
  for (let at = keep.indexOf(1); at >= 0; at = keep.indexOf(1, at)) {
    const end = keep.indexOf(0, at);
    ranges.push(at, end < 0 ? keep.length : end);
    if (end < 0) break;
    at = end;
  }
  return ranges;
}

function lengthOf(ranges: readonly number[]): number {
  let length = 0;
  for (let i = 0; i < ranges.length; i += 2) length += (ranges[i + 1] as number) - (ranges[i] as number);
  return length;
}

/** The mark of each row, as often as it has things. */
function repeated(keep: Uint8Array, counts: Uint32Array): Uint8Array {
  let total = 0;
  for (let row = 0; row < counts.length; row++) total += counts[row] as number;
  const marks = new Uint8Array(total);
  if (total === 0) return marks;
  let at = 0;
  for (let row = 0; row < counts.length; row++) {
    const end = at + (counts[row] as number);
    if (keep[row] === 1) marks.fill(1, at, end);
    at = end;
  }
  return marks;
}

/** Elements of a column that has `width` a row. */
function fixed<Values extends Uint8Array | Uint32Array | BigInt64Array | BigUint64Array>(
  column: Values,
  ranges: readonly number[],
  width = 1,
): Values {
  const bytes = width * column.BYTES_PER_ELEMENT;
  const source = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  const selected = new Uint8Array(lengthOf(ranges) * bytes);
  let to = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const from = (ranges[i] as number) * bytes;
    const end = (ranges[i + 1] as number) * bytes;
    copy(source, from, end, selected, to);
    to += end - from;
  }
  const Column = column.constructor as new (buffer: ArrayBuffer) => Values;
  return new Column(selected.buffer);
}

/** Texts of a column that has one a thing, or, with `counts`, as many as they say. */
function texts(column: Uint8Array, keep: Uint8Array, counts?: Uint32Array): Uint8Array {
  const selected = new Uint8Array(column.length);
  let to = 0;
  let at = 0;
  /** Where the texts begin that are kept and not copied yet; -1 when there are none. */
  let from = -1;
  for (let thing = 0; thing < keep.length; thing++) {
    const start = at;
    for (let left = counts === undefined ? 1 : (counts[thing] as number); left > 0; left--) at = textEnd(column, at);
    if (keep[thing] === 1) {
      if (from < 0) from = start;
    } else if (from >= 0) {
      copy(column, from, start, selected, to);
      to += start - from;
      from = -1;
    }
  }
  if (from >= 0) {
    copy(column, from, at, selected, to);
    to += at - from;
  }
  // Not a view: what is selected may be held for long, and be little of what came.
  return to === selected.length ? selected : selected.slice(0, to);
}

function attributes({ counts, types, names, values }: AttributeColumns, keep: Uint8Array, ranges: readonly number[]): AttributeColumns {
  return {
    counts: fixed(counts, ranges),
    types: fixed(types, rangesOf(repeated(keep, counts))),
    names: texts(names, keep, counts),
    values: texts(values, keep, counts),
  };
}

/** Where the text that begins at a place ends. */
function textEnd(column: Uint8Array, start: number): number {
  let at = start;
  let length = column[at++] as number;
  if (length >= 0x80) {
    length &= 0x7f;
    for (let scale = 128, more = true; more; scale *= 128) {
      const byte = column[at++] ?? 0;
      length += (byte & 0x7f) * scale;
      more = byte >= 0x80;
    }
  }
  return at + length;
}

/** Fewer bytes than these are sooner copied one by one. */
const FEW = 48;

function copy(source: Uint8Array, from: number, end: number, target: Uint8Array, to: number): void {
  if (end - from > FEW) target.set(source.subarray(from, end), to);
  else for (let i = from; i < end; i++) target[to++] = source[i] as number;
}
