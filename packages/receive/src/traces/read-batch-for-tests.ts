/** For tests: a journal that keeps span batches, as spans that can be compared. */

import {
  type AttributeColumns,
  type AttributeList,
  decodeSpanBatch,
  eachText,
  type Journal,
  SIGNAL,
  type SpanBatch,
} from '@atalaya/journal';
import type { AtalayaError } from '@atalaya/model';

/** Name, character of the type, value. */
export type RecordedAttribute = readonly [name: string, type: string, value: string];

/** A span as it was journaled. */
export interface RecordedSpan {
  readonly service: string;
  readonly resource: readonly RecordedAttribute[];
  readonly resourceSchemaUrl: string;
  readonly resourceDropped: number;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scope: readonly RecordedAttribute[];
  readonly scopeSchemaUrl: string;
  readonly scopeDropped: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly start: bigint;
  readonly duration: bigint;
  readonly status: number;
  readonly statusMessage: string;
  readonly attributes: readonly RecordedAttribute[];
  readonly dropped: readonly number[];
  readonly events: readonly { readonly time: bigint; readonly name: string; readonly attributes: readonly RecordedAttribute[] }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState: string;
    readonly attributes: readonly RecordedAttribute[];
  }[];
}

/** Keeps what was appended; `fail` makes appends reject. */
export class RecordingSpanJournal implements Pick<Journal, 'append'> {
  readonly batches: SpanBatch[] = [];
  fail: AtalayaError | undefined;

  async append(signal: number, rows: number, payload: Uint8Array): Promise<void> {
    if (this.fail !== undefined) throw this.fail;
    const batch = decodeSpanBatch(payload);
    if (signal !== SIGNAL.traces || rows !== batch.rows) throw new Error(`signal ${signal}, ${rows} rows, the batch has ${batch.rows}`);
    this.batches.push(batch);
  }

  /** All spans, in order. */
  get spans(): RecordedSpan[] {
    return this.batches.flatMap(spansOf);
  }
}

/** The rows of a batch. */
export function spansOf(batch: SpanBatch): RecordedSpan[] {
  const names = textsOf(batch.names);
  const messages = textsOf(batch.statusMessages);
  const states = textsOf(batch.traceStates);
  const attributes = grouped(batch.attributes);
  const eventAttributes = grouped(batch.events.attributes);
  const events = textsOf(batch.events.names).map((name, i) => ({
    time: batch.events.times[i] as bigint,
    name,
    attributes: eventAttributes[i] ?? [],
  }));
  const linkAttributes = grouped(batch.links.attributes);
  const links = textsOf(batch.links.traceStates).map((traceState, i) => ({
    traceId: hex(batch.links.traceIds, i, 16),
    spanId: hex(batch.links.spanIds, i, 8),
    traceState,
    attributes: linkAttributes[i] ?? [],
  }));
  return Array.from({ length: batch.rows }, (_, row): RecordedSpan => {
    const { serviceName, resource, scope, ...origin } = batch.origins[batch.rowOrigins[row] as number] as SpanBatch['origins'][number];
    return {
      service: serviceName,
      ...origin,
      resource: listed(resource),
      scope: listed(scope),
      traceId: hex(batch.traceIds, row, 16),
      spanId: hex(batch.spanIds, row, 8),
      parentSpanId: hex(batch.parentSpanIds, row, 8),
      traceState: states[row] as string,
      flags: batch.flags[row] as number,
      name: names[row] as string,
      kind: batch.kinds[row] as number,
      start: batch.starts[row] as bigint,
      duration: batch.durations[row] as bigint,
      status: batch.statusCodes[row] as number,
      statusMessage: messages[row] as string,
      attributes: attributes[row] ?? [],
      dropped: batch.dropped.length === 0 ? [0, 0, 0] : [...batch.dropped.subarray(row * 3, row * 3 + 3)],
      events: events.splice(0, batch.events.counts[row]),
      links: links.splice(0, batch.links.counts[row]),
    };
  });
}

const hex = (column: Uint8Array, row: number, bytes: number): string => Buffer.from(column).toString('hex', row * bytes, (row + 1) * bytes);

const listed = ({ names, values, types }: AttributeList): RecordedAttribute[] =>
  names.map((name, i) => [name, types.charAt(i), values[i] as string]);

/** The attributes of each thing. */
function grouped({ counts, types, names, values }: AttributeColumns): RecordedAttribute[][] {
  const nameTexts = textsOf(names);
  const valueTexts = textsOf(values);
  const all = nameTexts.map((name, i): RecordedAttribute => [name, String.fromCharCode(types[i] as number), valueTexts[i] as string]);
  return [...counts].map((count) => all.splice(0, count));
}

function textsOf(column: Uint8Array): string[] {
  const texts: string[] = [];
  eachText(column, (start, end) => texts.push(Buffer.from(column).toString('utf8', start, end)));
  return texts;
}
