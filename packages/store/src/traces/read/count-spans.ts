/** Counts spans and sums up their durations by time and fields, in the engine. */

import { AtalayaError, type CancelSignal, type SpanCountRequest, type SpanCounts } from '@atalaya/model';
import { type LazyBlock, lazyText, readLazily } from '../../native/lazy.ts';
import { fragment, joined, sql } from '../../sql.ts';
import { startsWithin } from '../span-time.ts';
import { fieldText } from './field-text.ts';
import { predicateSql } from './predicate-sql.ts';
import type { TraceSources } from './sources.ts';

/** Rejects with QUERY_LIMIT when there are more groups than allowed, and as the engine's queries do. */
export async function countSpans({ engine, limits }: TraceSources, request: SpanCountRequest, signal: CancelSignal): Promise<SpanCounts[]> {
  const { start, end, having, width, by, durations } = request;
  const keys = by.flatMap((field, i) => {
    const { present, text } = fieldText(field);
    const [there, value] = [fragment(keyNames(i).there), fragment(keyNames(i).value)];
    return [sql`CAST(${fragment(present)}, 'UInt8') AS ${there}`, sql`if(${there}, ${fragment(text)}, '') AS ${value}`];
  });
  const names = by.flatMap((_, i) => [keyNames(i).there, keyNames(i).value]);
  const power = durations ? HIGHEST_BIT : sql`toUInt32(0)`;
  // Times lie at or behind the start, so that the division rounds down.
  const bucket = sql`toFloat64(intDiv(toInt128(toUnixTimestamp64Nano(Timestamp)) - toInt128(${String(start)}), toInt128(${String(width)})))`;
  const statement = sql`SELECT ${joined([...keys, sql`${fragment(bucket)} AS bucket`, sql`${fragment(power)} AS power`], ', ')},
      toFloat64(count()) AS spans, sum(toFloat64(Duration)) AS sum, toFloat64(min(Duration)) AS least, toFloat64(max(Duration)) AS most
    FROM otel_traces WHERE ${fragment(startsWithin(start, end))} AND ${fragment(predicateSql(having))}
    GROUP BY ${joined([...names, sql`bucket`, sql`power`], ', ')} ORDER BY bucket, power`;
  const { bytes } = await engine.query(statement, { limits, signal });
  const groups = new Groups(request);
  for (const block of readLazily(bytes)) groups.add(block);
  return groups.finish();
}

/** The place of the highest bit. The logarithm may be off by one where a double does not hold the duration. */
const LOGARITHM = fragment(sql`toUInt8(log2(greatest(Duration, 1)))`);
const HIGHEST_BIT = sql`toUInt32(multiIf(bitShiftRight(Duration, ${LOGARITHM}) > 1, ${LOGARITHM} + 1,
  Duration > 0 AND bitShiftRight(Duration, ${LOGARITHM}) = 0, ${LOGARITHM} - 1, ${LOGARITHM}))`;

function keyNames(i: number): { readonly there: ReturnType<typeof sql>; readonly value: ReturnType<typeof sql> } {
  return { there: sql`there_${i}`, value: sql`value_${i}` };
}

type MutableBucket = { -readonly [Key in keyof SpanCounts['buckets'][number]]: SpanCounts['buckets'][number][Key] } & {
  byPower?: [number, number][];
};

class Groups {
  readonly #request: SpanCountRequest;
  readonly #groups = new Map<string, { readonly values: (string | undefined)[]; readonly buckets: Map<number, MutableBucket> }>();

  constructor(request: SpanCountRequest) {
    this.#request = request;
  }

  add(block: LazyBlock): void {
    const { by, durations } = this.#request;
    const fields = by.map((_, i) => ({ there: block.column(`there_${i}`, 'UInt8'), texts: block.column(`value_${i}`, 'String') }));
    const number = (name: string): Float64Array => block.column(name, 'Float64');
    const [places, counts, sums, leasts, mosts] = [number('bucket'), number('spans'), number('sum'), number('least'), number('most')];
    const powers = block.column('power', 'UInt32');
    for (let row = 0; row < block.rows; row++) {
      const values = fields.map(({ there, texts }) => (there[row] === 1 ? lazyText(texts, row) : undefined));
      const buckets = this.#bucketsOf(values);
      const at = places[row] as number;
      const spans = counts[row] as number;
      let bucket = buckets.get(at);
      if (bucket === undefined) {
        bucket = { at, spans: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: 0, ...(durations ? { byPower: [] } : {}) };
        buckets.set(at, bucket);
      }
      bucket.spans += spans;
      bucket.sum += sums[row] as number;
      bucket.min = Math.min(bucket.min, leasts[row] as number);
      bucket.max = Math.max(bucket.max, mosts[row] as number);
      bucket.byPower?.push([powers[row] as number, spans]);
    }
  }

  #bucketsOf(values: (string | undefined)[]): Map<number, MutableBucket> {
    const key = JSON.stringify(values.map((value) => value ?? null));
    const known = this.#groups.get(key);
    if (known !== undefined) return known.buckets;
    const { groups: limit } = this.#request;
    if (this.#groups.size >= limit) {
      const reason = 'spans fall into more groups than that; filter more, or count by fewer fields';
      throw new AtalayaError('QUERY_LIMIT', { setting: 'the groups of an answer', limit, reason });
    }
    const buckets = new Map<number, MutableBucket>();
    this.#groups.set(key, { values, buckets });
    return buckets;
  }

  finish(): SpanCounts[] {
    return Array.from(this.#groups.values(), ({ values, buckets }) => ({ values, buckets: [...buckets.values()] }));
  }
}
