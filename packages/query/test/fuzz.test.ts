/** Random expressions over random data: the engine, which computes whole ranges as columns, against a reference that cannot. */

import { parsePromql, PromqlError } from '@atalaya/lang';
import { AtalayaError, labelsOf, labelsToRecord, ManualClock, writeStaleMarker } from '@atalaya/model';
import { createMemoryReader, createPromqlEngine, type MemorySeries } from '@atalaya/query';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GENEROUS_LIMITS, NEVER } from './memory-target.ts';
import { probeSubqueries, type Query, vectorAt } from './reference/evaluator.ts';
import { keyOf, Refused, type Series } from './reference/values.ts';
import { data, expression, times } from './reference/generate.ts';

const LOOKBACK_MS = 60_000;
/** Sums over series may be added up in another order; everything else is equal to the last bit. */
const SUMS = /\b(?:sum|avg|stddev|stdvar)\b/;
const TOLERANCE = 1e-10;
/** More when it runs by itself for longer. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1500);

type Instant = ReadonlyMap<string, number>;

function columnsOf({ labels, samples }: Series): MemorySeries {
  const values = new Float64Array(samples.length);
  for (const [index, { value }] of samples.entries()) {
    if (value === 'stale') writeStaleMarker(values, index);
    else values[index] = value;
  }
  return { labels: labelsOf(labels), timestamps: Float64Array.from(samples, ({ time }) => time), values };
}

async function fromEngine(list: readonly Series[], query: string, { startMs, stepMs, endMs }: Query): Promise<Instant[] | string> {
  const engine = createPromqlEngine(createMemoryReader(list.map(columnsOf)), {
    lookbackMs: LOOKBACK_MS,
    limits: GENEROUS_LIMITS,
    clock: new ManualClock(),
  });
  try {
    const { result } = await engine.range({ query, startMs, endMs, stepMs }, NEVER);
    if (result.resultType !== 'matrix') throw new TypeError(result.resultType);
    const instants = Array.from({ length: (endMs - startMs) / stepMs + 1 }, () => new Map<string, number>());
    for (const [index, labels] of result.labels.entries()) {
      const key = keyOf(labelsToRecord(labels));
      for (let i = result.offsets[index]!; i < result.offsets[index + 1]!; i++) {
        instants[(result.timestamps[i]! - startMs) / stepMs]!.set(key, result.values[i]!);
      }
    }
    return instants;
  } catch (error) {
    if (error instanceof AtalayaError && error.code === 'QUERY_FAILED') return error.message;
    throw error;
  }
}

function fromReference(query: string, context: Query): Instant[] | string {
  const tree = parsePromql(query);
  try {
    const instants: Instant[] = [];
    for (let now = context.startMs; now <= context.endMs; now += context.stepMs) {
      instants.push(new Map(vectorAt(tree, now, context).map(({ labels, value }) => [keyOf(labels), value])));
    }
    probeSubqueries(tree, context.startMs, context.endMs, context);
    return instants;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

function equal(left: number, right: number, tolerant: boolean): boolean {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return true;
  return tolerant && Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(left), Math.abs(right));
}

/** What is wrong with the engine's answer; `undefined` when nothing is. */
function faultOf(actual: Instant[] | string, wanted: Instant[] | string, tolerant: boolean): string | undefined {
  if (typeof actual === 'string' || typeof wanted === 'string') {
    if (typeof actual === typeof wanted) return undefined;
    return `engine: ${typeof actual === 'string' ? actual : 'answers'}, reference: ${typeof wanted === 'string' ? wanted : 'answers'}`;
  }
  for (const [step, instant] of actual.entries()) {
    const reference = wanted[step] as Instant;
    const [ours, theirs] = [[...instant.keys()].sort().join(' '), [...reference.keys()].sort().join(' ')];
    if (ours !== theirs) return `step ${step}: engine has ${ours}, reference ${theirs}`;
    for (const [key, value] of instant) {
      const other = reference.get(key) as number;
      if (!equal(value, other, tolerant)) return `step ${step}, ${key}: engine ${value}, reference ${other}`;
    }
  }
  return undefined;
}

/** The same every time, so that a change is judged by itself; FUZZ_SEED looks elsewhere. */
const SEED = 20_261_122;

test('the engine gives what the definitions say', async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(data, times, expression, async (list, { startMs, stepMs, steps }, query) => {
      try {
        parsePromql(query);
      } catch (error) {
        // What the types forbid is not what this is about.
        if (error instanceof PromqlError) return;
        throw error;
      }
      const context: Query = {
        data: list,
        lookbackMs: LOOKBACK_MS,
        startMs,
        endMs: startMs + (steps - 1) * stepMs,
        stepMs,
        origins: new Map(),
      };
      const wanted = fromReference(query, context);
      if (typeof wanted !== 'string' && wanted.some((instant) => instant.size > 0)) answered++;
      expect(faultOf(await fromEngine(list, query, context), wanted, SUMS.test(query))).toBeUndefined();
    }),
    { numRuns: RUNS, seed: Number(process.env['FUZZ_SEED'] ?? SEED) },
  );
  // Expressions that have nothing to say would prove nothing.
  expect(answered).toBeGreaterThan(RUNS / 6);
}, 120_000);
