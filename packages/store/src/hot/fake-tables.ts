/** An engine for tests that holds the table of samples only, as parts that are not merged; each call takes as long as it is told. */

import { AtalayaError } from '@atalaya/model';
import type { Engine, QueryAnswer, QueryOptions } from '../engine/engine.ts';
import { type InsertBlock, type NativeBlock, numberAt, type WordsColumn } from '../native/block.ts';
import { writeNative } from '../native/write.ts';
import type { Sql } from '../sql.ts';

interface Row {
  readonly id: bigint;
  readonly time: number;
  readonly bits: bigint;
}

/** Answers the statements of selections, and takes in samples. */
export class FakeTables {
  readonly #parts: Row[][] = [];
  readonly #pause: () => Promise<unknown>;
  readonly #first: (choices: number) => number;
  queries = 0;

  /** @param pause awaited before and after each call has its effect. @param first which of the parts' equal rows come first. */
  constructor(pause: () => Promise<unknown>, first: (choices: number) => number) {
    this.#pause = pause;
    this.#first = first;
  }

  get engine(): Pick<Engine, 'query' | 'insert'> {
    return { query: (statement, options) => this.#query(statement, options), insert: (_table, block) => this.#insert(block) };
  }

  async #insert({ rows, columns }: InsertBlock): Promise<void> {
    await this.#pause();
    const ids = columns['id'] as WordsColumn<'UInt64'>;
    const times = columns['ts'] as WordsColumn<'Int64'>;
    const { values } = columns['value'] as { values: Float64Array };
    const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
    const part = Array.from({ length: rows }, (_, row) => ({
      id: (BigInt(ids.words[row * 2 + 1] as number) << 32n) | BigInt(ids.words[row * 2] as number),
      time: numberAt(times, row),
      bits: bits[row] as bigint,
    }));
    // Within an insert the engine keeps the last.
    this.#parts.push(part.filter((one, at) => !part.slice(at + 1).some((other) => other.id === one.id && other.time === one.time)));
    await this.#pause();
  }

  async #query(statement: Sql, options: QueryOptions = {}): Promise<QueryAnswer> {
    this.queries++;
    const found = /id IN \(([\d,]*)\) AND ts >= (\S+) AND ts <= (\S+) ORDER/.exec(statement);
    if (found === null) throw new Error(`not a selection: ${statement}`);
    await this.#pause();
    const ids = new Set((found[1] as string).split(',').map(BigInt));
    const [start, end] = [Number(found[2]), Number(found[3])];
    const final = /\bFINAL\b/.test(statement);
    const parts = this.#parts.map((part) => part.filter(({ id, time }) => ids.has(id) && time >= start && time <= end));
    const turned = final ? parts : rotated(parts, this.#first(parts.length + 1));
    let rows = turned.flat().sort((a, b) => (a.id === b.id ? a.time - b.time : a.id < b.id ? -1 : 1));
    if (final) rows = rows.filter((row, at) => rows[at + 1]?.id !== row.id || rows[at + 1]?.time !== row.time);
    await this.#pause();
    const limit = options.limits?.resultRows ?? Infinity;
    if (rows.length > limit) throw new AtalayaError('QUERY_LIMIT', { setting: 'rows', limit, reason: 'too many' });
    return { bytes: writeNative(answerOf(rows, /ts - (-?\d+)/.exec(statement)?.[1])), rowsRead: rows.length, bytesRead: 0, elapsedMs: 0 };
  }
}

function rotated<T>(items: readonly T[], by: number): T[] {
  return [...items.slice(by), ...items.slice(0, by)];
}

function answerOf(rows: readonly Row[], base: string | undefined): NativeBlock {
  const values = new Float64Array(BigUint64Array.from(rows, ({ bits }) => bits).buffer);
  const v = { kind: 'Float64', values } as const;
  if (base === undefined) {
    const words = (numbers: bigint[]): Uint32Array => new Uint32Array(BigInt64Array.from(numbers).buffer);
    const i = { kind: 'UInt64', words: words(rows.map(({ id }) => BigInt.asIntN(64, id))) } as const;
    return { rows: rows.length, columns: { i, t: { kind: 'Int64', words: words(rows.map(({ time }) => BigInt(time))) }, v } };
  }
  const i = { kind: 'UInt32', values: Uint32Array.from(rows, ({ id }) => Number(id & 0xffff_ffffn)) } as const;
  return { rows: rows.length, columns: { i, t: { kind: 'UInt32', values: Uint32Array.from(rows, ({ time }) => time - Number(base)) }, v } };
}
