/** Lines as the engine's bytes hold them: texts and attributes are made when they are asked for. */

import { LOG_LEVELS } from '@atalaya/journal';
import { type Labels, type LogLevel, type OtlpLine, otlpLineMetadata, otlpOriginMetadata, plainLineMetadata } from '@atalaya/model';
import { type LazyBlock, type LazyMaps, type LazyTexts, lazyText } from '../../native/lazy.ts';
import { mapPairs, recordOf } from '../read/map-pairs.ts';

/** A stream that has lines in a block. */
export interface BlockStream {
  readonly labels: Labels;
}

/** Lines of one reading, in the order asked for; see the port of room `query`, which this fits. */
export interface ReadLineBlock {
  readonly rows: number;
  readonly streams: readonly BlockStream[];
  readonly streamOf: Uint32Array;
  readonly timestamps: BigInt64Array;
  line(row: number): string;
  lineBytes(row: number): number;
  attributes(row: number): Labels;
  level(row: number): LogLevel;
}

const NO_ATTRIBUTES: Labels = [];
const NO_ORIGIN: ReadonlyMap<string, string> = new Map();

export class NativeLineBlock implements ReadLineBlock {
  readonly rows: number;
  readonly streams: readonly BlockStream[];
  readonly streamOf: Uint32Array;
  readonly timestamps: BigInt64Array;
  readonly #texts: LazyTexts;
  readonly #levels: Uint8Array;
  readonly #attributes: LazyMaps | undefined;
  readonly #otlp: OtlpColumns | undefined;

  /** The first `rows` rows of a block; `streamAt` gives the streams by their fingerprints. */
  constructor(block: LazyBlock, rows: number, streamAt: (low: number, high: number) => BlockStream) {
    this.rows = rows;
    this.timestamps = block.column('t', 'Int64').subarray(0, rows);
    this.#texts = block.column('b', 'String');
    this.#levels = block.column('l', 'UInt8');
    this.#attributes = block.has('a') ? block.column('a', 'Map(String, String)') : undefined;
    this.#otlp = block.has('o') ? new OtlpColumns(block) : undefined;
    const streams = new Map<BlockStream, number>();
    this.streamOf = new Uint32Array(rows);
    const words = block.column('s', 'UInt64');
    for (let row = 0; row < rows; row++) {
      // Lines of one stream often come in a row.
      if (row > 0 && words[row * 2] === words[row * 2 - 2] && words[row * 2 + 1] === words[row * 2 - 1]) {
        this.streamOf[row] = this.streamOf[row - 1] as number;
        continue;
      }
      const stream = streamAt(words[row * 2] as number, words[row * 2 + 1] as number);
      let place = streams.get(stream);
      if (place === undefined) streams.set(stream, (place = streams.size));
      this.streamOf[row] = place;
    }
    this.streams = [...streams.keys()];
  }

  line(row: number): string {
    return lazyText(this.#texts, row);
  }

  lineBytes(row: number): number {
    return (this.#texts.ends[row] as number) - (this.#texts.starts[row] as number);
  }

  level(row: number): LogLevel {
    return LOG_LEVELS[this.#levels[row] as number] ?? 'unknown';
  }

  attributes(row: number): Labels {
    const maps = this.#attributes;
    if (maps === undefined) return NO_ATTRIBUTES;
    const otlp = this.#otlp?.isOtlp(row) === true ? this.#otlp : undefined;
    const none = maps.offsets[row] === (row === 0 ? 0 : maps.offsets[row - 1]);
    if (otlp === undefined) return none ? NO_ATTRIBUTES : plainLineMetadata(mapPairs(maps, row));
    return otlpLineMetadata(otlp.origin(row), { ...otlp.fields(row), attributes: mapPairs(maps, row) });
  }
}

/** What OTLP says of lines besides their attributes. */
class OtlpColumns {
  readonly #block: LazyBlock;
  readonly #marks: Uint8Array;
  readonly #resource: LazyMaps;
  readonly #scope: LazyMaps;
  /** The row whose origin was made last, and that origin: lines of one origin often come in a row. */
  #row = -1;
  #origin: ReadonlyMap<string, string> = NO_ORIGIN;

  constructor(block: LazyBlock) {
    this.#block = block;
    this.#marks = block.column('o', 'UInt8');
    this.#resource = block.column('ra', 'Map(String, String)');
    this.#scope = block.column('sa', 'Map(String, String)');
  }

  isOtlp(row: number): boolean {
    return this.#marks[row] === 1;
  }

  fields(row: number): Omit<OtlpLine, 'attributes'> {
    return {
      severityText: this.#text('st', row),
      severityNumber: this.#block.column('sy', 'UInt8')[row] as number,
      traceId: this.#text('ti', row),
      spanId: this.#text('si', row),
      traceFlags: this.#block.column('tf', 'UInt8')[row] as number,
    };
  }

  origin(row: number): ReadonlyMap<string, string> {
    if (this.#row < 0 || !this.#isSameOrigin(row, this.#row)) {
      this.#origin = otlpOriginMetadata({
        resourceAttributes: recordOf(mapPairs(this.#resource, row)),
        scopeAttributes: recordOf(mapPairs(this.#scope, row)),
        scopeName: this.#text('sn', row),
        scopeVersion: this.#text('sv', row),
      });
    }
    this.#row = row;
    return this.#origin;
  }

  #isSameOrigin(a: number, b: number): boolean {
    return (
      sameMaps(this.#resource, a, b) &&
      sameMaps(this.#scope, a, b) &&
      sameTexts(this.#block.column('sn', 'String'), a, b, 1) &&
      sameTexts(this.#block.column('sv', 'String'), a, b, 1)
    );
  }

  #text(name: string, row: number): string {
    return lazyText(this.#block.column(name, 'String'), row);
  }
}

function sameMaps({ offsets, keys, values }: LazyMaps, a: number, b: number): boolean {
  const start = (row: number): number => (row === 0 ? 0 : (offsets[row - 1] as number));
  const count = (offsets[a] as number) - start(a);
  if (count !== (offsets[b] as number) - start(b)) return false;
  return count === 0 || (sameTexts(keys, start(a), start(b), count) && sameTexts(values, start(a), start(b), count));
}

/** Whether `count` texts from `a` on are those from `b` on: they lie one after the other, lengths between them. */
function sameTexts({ bytes, starts, ends }: LazyTexts, a: number, b: number, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const [from, other] = [starts[a + i] as number, starts[b + i] as number];
    const length = (ends[a + i] as number) - from;
    if (length !== (ends[b + i] as number) - other) return false;
    for (let at = 0; at < length; at++) if (bytes[from + at] !== bytes[other + at]) return false;
  }
  return true;
}
