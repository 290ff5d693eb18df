/** A log batch as a block of lines, so that lines which just came in go the same way as those which are read back. */

import { eachText, LOG_LEVELS, type LogBatch, type LogOriginDetails } from '@atalaya/journal';
import { type Labels, otlpLineMetadata, otlpOriginMetadata, plainLineMetadata } from '@atalaya/model';
import type { BlockStream, LineBlock } from '@atalaya/query';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Places of the texts of a column: text `i` is `[ends[i] − length, ends[i])`. */
interface TextPlaces {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** The lines of a batch. Texts are decoded when they are asked for. */
export class BatchBlock implements LineBlock {
  readonly rows: number;
  readonly streams: readonly BlockStream[];
  readonly streamOf: Uint32Array;
  readonly timestamps: BigInt64Array;
  readonly #batch: LogBatch;
  readonly #bodies: TextPlaces;
  /** Where each row's attributes begin, counted in attributes. */
  #attributeStarts: Uint32Array | undefined;
  #names: TextPlaces | undefined;
  #values: TextPlaces | undefined;
  #ids: { readonly traces: TextPlaces; readonly spans: TextPlaces; readonly severities: TextPlaces } | undefined;
  readonly #origins = new Map<LogOriginDetails, ReadonlyMap<string, string>>();

  /** @param labels those of the stream of each origin that lines are asked of */
  constructor(batch: LogBatch, labels: readonly Labels[]) {
    this.#batch = batch;
    this.rows = batch.rows;
    this.streamOf = batch.rowOrigins;
    this.timestamps = batch.timestamps;
    this.streams = labels.map((ofStream) => ({ labels: ofStream }));
    this.#bodies = placesOf(batch.bodies, batch.rows);
  }

  line(row: number): string {
    return textAt(this.#batch.bodies, this.#bodies, row);
  }

  lineBytes(row: number): number {
    return (this.#bodies.ends[row] as number) - (this.#bodies.starts[row] as number);
  }

  attributes(row: number): readonly string[] {
    const { rowOrigins, origins } = this.#batch;
    const attributes = this.#storedAttributes(row);
    const details = origins.details[rowOrigins[row] as number];
    return details === null || details === undefined ? plainLineMetadata(attributes) : this.#otlpAttributes(row, details, attributes);
  }

  level(row: number): (typeof LOG_LEVELS)[number] {
    return LOG_LEVELS[this.#batch.levels[row] as number] as (typeof LOG_LEVELS)[number];
  }

  #storedAttributes(row: number): string[] {
    const { attributeCounts, attributeNames, attributeValues } = this.#batch;
    if (attributeCounts[row] === 0) return [];
    if (this.#attributeStarts === undefined) {
      this.#attributeStarts = new Uint32Array(this.rows);
      let total = 0;
      for (let i = 0; i < this.rows; i++) {
        this.#attributeStarts[i] = total;
        total += attributeCounts[i] as number;
      }
      this.#names = placesOf(attributeNames, total);
      this.#values = placesOf(attributeValues, total);
    }
    const start = this.#attributeStarts[row] as number;
    const pairs: string[] = [];
    for (let i = start; i < start + (attributeCounts[row] as number); i++) {
      pairs.push(textAt(attributeNames, this.#names as TextPlaces, i), textAt(attributeValues, this.#values as TextPlaces, i));
    }
    return pairs;
  }

  #otlpAttributes(row: number, details: LogOriginDetails, attributes: readonly string[]): Labels {
    const { traceIds, spanIds, severityTexts, severityNumbers, traceFlags } = this.#batch;
    this.#ids ??= {
      traces: placesOf(traceIds, this.rows),
      spans: placesOf(spanIds, this.rows),
      severities: placesOf(severityTexts, this.rows),
    };
    let origin = this.#origins.get(details);
    if (origin === undefined) this.#origins.set(details, (origin = otlpOriginMetadata(details)));
    return otlpLineMetadata(origin, {
      attributes,
      severityText: textAt(severityTexts, this.#ids.severities, row),
      severityNumber: severityNumbers[row] as number,
      traceId: textAt(traceIds, this.#ids.traces, row),
      spanId: textAt(spanIds, this.#ids.spans, row),
      traceFlags: traceFlags[row] as number,
    });
  }
}

function placesOf(column: Uint8Array, count: number): TextPlaces {
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  let i = 0;
  eachText(column, (start, end) => {
    starts[i] = start;
    ends[i++] = end;
  });
  return { starts, ends };
}

function textAt(column: Uint8Array, { starts, ends }: TextPlaces, i: number): string {
  return decoder.decode(column.subarray(starts[i], ends[i]));
}
