/** The behaviour that every implementation of {@link Engine} shows; each one's test imports it. */

import { systemClock } from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeBlock } from '../native/block.ts';
import { stringAt, stringColumn } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { identifier, settingsClause, sql } from '../sql.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import type { Engine } from './engine.ts';

/** Values of a block with the columns n (UInt64) and text (String). */
function block(numbers: readonly number[], texts: readonly string[]): NativeBlock {
  const words = new Uint32Array(numbers.length * 2);
  numbers.forEach((number, index) => (words[index * 2] = number));
  return { rows: numbers.length, columns: { n: { kind: 'UInt64', words }, text: stringColumn(texts) } };
}

async function count(engine: Engine, table: string): Promise<number> {
  const [answer] = readNative((await engine.query(sql`SELECT toUInt32(count()) AS c FROM ${identifier(table)}`)).bytes);
  return answer === undefined ? Number.NaN : (column(answer, 'c', 'UInt32').values[0] as number);
}

/** Runs the suite. `open` gives a fresh, empty engine; the suite closes it. */
export function engineSuite(name: string, open: () => Promise<Engine>): void {
  describe(`engine: ${name}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
      await engine.execute(sql`CREATE TABLE t (n UInt64, text String) ENGINE = MergeTree PARTITION BY intDiv(n, 1000) ORDER BY n
        SETTINGS non_replicated_deduplication_window = 100`);
    });
    afterAll(() => engine.close());

    it('answers a ping and tells its version', async () => {
      await engine.ping();
      expect(await engine.version()).toMatch(/^\d+\.\d+/);
    });

    it('gives back what was inserted, every byte of it', async () => {
      await engine.execute(sql`CREATE TABLE bytes_table (n UInt64, text String) ENGINE = MergeTree ORDER BY n`);
      await engine.insert('bytes_table', block([1, 2, 3], ['', 'ä€😀', 'a\0b\n\t\\\'"']));
      const [answer] = readNative((await engine.query(sql`SELECT text FROM bytes_table ORDER BY n`)).bytes);
      const texts = column(answer as NativeBlock, 'text', 'String');
      expect([0, 1, 2].map((row) => stringAt(texts, row))).toEqual(['', 'ä€😀', 'a\0b\n\t\\\'"']);
    });

    it('takes a block with a token once, however often it comes', async () => {
      const before = await count(engine, 't');
      for (let turn = 0; turn < 3; turn++) await engine.insert('t', block([1, 2], ['a', 'b']), { token: 'batch-1' });
      expect(await count(engine, 't')).toBe(before + 2);
      await engine.insert('t', block([1, 2], ['a', 'b']), { token: 'batch-2' });
      await engine.insert('t', block([1, 2], ['a', 'b']));
      expect(await count(engine, 't')).toBe(before + 6);
    });

    it('takes a block that reaches into more than a hundred partitions', async () => {
      const numbers = Array.from({ length: 300 }, (_, index) => 1_000_000 + index * 1000);
      const before = await count(engine, 't');
      await engine.insert('t', block(numbers, numbers.map(String)));
      expect(await count(engine, 't')).toBe(before + 300);
    });

    it('gives an answer of several blocks in order', async () => {
      const { bytes } = await engine.query(sql`SELECT toUInt32(number) AS n FROM numbers(200000)`);
      const blocks = readNative(bytes);
      expect(blocks.length).toBeGreaterThan(1);
      let next = 0;
      for (const part of blocks) for (const n of column(part, 'n', 'UInt32').values) expect(n).toBe(next++);
      expect(next).toBe(200_000);
    });

    it('gives an answer that can be transferred to another thread', async () => {
      const { bytes } = await engine.query(sql`SELECT toUInt32(7) AS n`);
      const moved = structuredClone(bytes, { transfer: [bytes.buffer] });
      expect(column(readNative(moved)[0] as NativeBlock, 'n', 'UInt32').values[0]).toBe(7);
    });

    it('refuses to change anything within a query', async () => {
      const before = await count(engine, 't');
      for (const statement of [sql`INSERT INTO t SELECT 1, ''`, sql`DROP TABLE t`, sql`TRUNCATE TABLE t`]) {
        await expect(engine.query(statement)).rejects.toMatchObject({ name: 'AtalayaError' });
      }
      expect(await count(engine, 't')).toBe(before);
    });

    it.each([
      sql`SELECT * FROM file('/etc/passwd', 'LineAsString')`,
      sql`SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')`,
      sql`SELECT * FROM remote('127.0.0.1:1', system.one)`,
    ])('refuses, within a query, to reach outside: %s', async (statement) => {
      await expect(engine.query(statement, { limits: { timeMs: 2000 } })).rejects.toMatchObject({ name: 'AtalayaError' });
    });

    it('ends a query at its time limit with QUERY_TIMEOUT', async () => {
      const endless = engine.query(sql`SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 8`, { limits: { timeMs: 50 } });
      await expect(endless).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
    });

    it('ends a query at its memory limit with QUERY_LIMIT', async () => {
      const greedy = engine.query(sql`SELECT groupArray(number) FROM numbers(50000000)`, { limits: { memoryBytes: 20_000_000 } });
      await expect(greedy).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
    });

    it('ends a query whose answer has too many rows with QUERY_LIMIT', async () => {
      await expect(engine.query(sql`SELECT number FROM numbers(101)`, { limits: { resultRows: 100 } })).rejects.toMatchObject({
        code: 'QUERY_LIMIT',
      });
    });

    it('ends a query whose signal is aborted with QUERY_CANCELED, in the engine too', async () => {
      const aborter = new AbortController();
      const endless = engine.query(sql`SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 8`, { signal: aborter.signal });
      const outcome = endless.catch((error: unknown) => error);
      // A session of the embedded engine lists its last query, if it was cancelled, until it runs the next.
      const running = sql`SELECT toUInt32(count()) AS c FROM system.processes WHERE query LIKE '%number % 7 = 8%' AND query NOT LIKE '%processes%' AND NOT is_cancelled`;
      const runs = async (): Promise<number> => {
        const [answer] = readNative((await engine.query(running)).bytes);
        return column(answer as NativeBlock, 'c', 'UInt32').values[0] as number;
      };
      await expect.poll(runs, { timeout: 10_000 }).toBe(1);
      aborter.abort();
      expect(await outcome).toMatchObject({ code: 'QUERY_CANCELED' });
      await expect.poll(runs, { timeout: 10_000 }).toBe(0);
    });

    it('gives each answer whole and alone, after queries that were stopped half-way too', async () => {
      const numbers = async (from: number, rows: number): Promise<number> => {
        const { bytes } = await engine.query(sql`SELECT toUInt32(number) AS n FROM numbers(${from}, ${rows})`);
        const values = readNative(bytes).flatMap((part) => [...column(part, 'n', 'UInt32').values]);
        expect([values.length, values[0], values.at(-1)]).toEqual([rows, from, from + rows - 1]);
        return values.length;
      };
      for (let round = 0; round < 6; round++) {
        // Several blocks are out before the limit is met, or the signal aborted.
        const tooMany = engine.query(sql`SELECT number FROM numbers(10000000)`, { limits: { resultRows: 500_000 } });
        await expect(tooMany).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
        const aborter = new AbortController();
        const stopped = engine.query(sql`SELECT number FROM numbers(50000000)`, { signal: aborter.signal });
        systemClock.after(round * 3, () => aborter.abort());
        await expect(stopped).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
        await Promise.all([numbers(round * 1000, 70_000), numbers(round, 3)]);
      }
    });

    it('rejects at once when the signal was aborted before', async () => {
      await expect(engine.query(sql`SELECT 1`, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
    });

    it('calls a wrong statement INTERNAL and stays usable', async () => {
      await expect(engine.query(sql`SELECT FROM WHERE`)).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(engine.execute(sql`DROP TABLE no_such_table`)).rejects.toMatchObject({ code: 'INTERNAL' });
      await engine.ping();
    });

    it.each(HOSTILE_TEXTS)('gives a hostile literal back as the text it is: %j', async (text) => {
      const [answer] = readNative((await engine.query(sql`SELECT ${text} AS t, toUInt8(${text} = ${text}) AS same`)).bytes);
      expect(stringAt(column(answer as NativeBlock, 't', 'String'), 0)).toBe(text);
      expect(column(answer as NativeBlock, 'same', 'UInt8').values[0]).toBe(1);
    });

    it.each(HOSTILE_TEXTS.filter((text) => text !== '' && !text.includes('\0')))('takes a hostile name as one name: %j', async (text) => {
      const [answer] = readNative((await engine.query(sql`SELECT toUInt8(1) AS ${identifier(text)}`)).bytes);
      expect(Object.keys((answer as NativeBlock).columns)).toEqual([text]);
    });

    it('takes names of settings from the source only', () => {
      expect(() => settingsClause({ 'readonly = 0, x': 1 })).toThrow('is not the name of a setting');
    });

    it('rejects with ENGINE_UNAVAILABLE once it is closed', async () => {
      await engine.close();
      await engine.close();
      await expect(engine.query(sql`SELECT 1`)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      await expect(engine.insert('t', block([1], ['']))).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      await expect(engine.execute(sql`SELECT 1`)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      await expect(engine.ping()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    });
  });
}
