/** What the journal's tests share: opening on a simulated disk, payloads that can be told apart, reading everything back. */

import { Buffer } from 'node:buffer';
import { type Logger, ManualClock, silentLogger } from '@atalaya/model';
import { openJournal } from '../../src/disk-journal.ts';
import { openJournalReader } from '../../src/disk-reader.ts';
import { type Journal, type JournalDamage, type JournalPosition, type JournalRecord, SIGNAL } from '../../src/journal.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

export const DIRECTORY = '/data/journal';
export const NO_DAMAGE: JournalDamage = { quarantinedRecords: 0, quarantinedBytes: 0, tornTails: 0 };

export interface OpenOptions {
  readonly limitBytes?: number;
  readonly segmentBytes?: number;
  readonly log?: Logger;
  readonly clock?: ManualClock;
}

export function open(disk: SimulatedDisk, options: OpenOptions = {}): Promise<Journal> {
  return openJournal({ directory: DIRECTORY, clock: new ManualClock(), log: silentLogger, limitBytes: 1e9, files: disk, ...options });
}

/** A payload that says its number in every byte range, of a length that differs from its neighbours'. */
export function payload(number: number, length = 40 + ((number * 37) % 200)): Uint8Array {
  const bytes = Buffer.alloc(length, `record ${number} `);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Appends the numbered payloads one after the other; each has its number as rows. */
export async function appendAll(journal: Journal, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await journal.append(SIGNAL.metrics, number, payload(number));
}

export const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Everything that a reader finds up to `limit`, with what it had to pass over. */
export async function readAll(
  disk: SimulatedDisk,
  limit: JournalPosition,
  options: { from?: JournalPosition; maxBytes?: number; log?: Logger } = {},
): Promise<{ records: JournalRecord[]; damage: JournalDamage; position: JournalPosition }> {
  const reader = await openJournalReader({ directory: DIRECTORY, log: options.log ?? silentLogger, from: options.from, files: disk });
  const records: JournalRecord[] = [];
  for (;;) {
    const found = await reader.read(limit, options.maxBytes ?? 1e6);
    if (found.length === 0) break;
    records.push(...found);
  }
  await reader.close();
  return { records, damage: reader.damage, position: reader.position };
}

/** The numbers of whole, right records in the order they came in; throws when a payload is not what was appended. */
export function numbersOf(records: readonly JournalRecord[]): number[] {
  return records.map((record) => {
    if (text(record.payload) !== text(payload(record.rows, record.payload.length)))
      throw new Error(`record ${record.rows} has another payload`);
    return record.rows;
  });
}

/** The code of the error that a promise rejects with; 'resolved' when it does not. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
}

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { readonly lines: { level: string; details: Record<string, unknown>; message: string }[] } {
  const lines: { level: string; details: Record<string, unknown>; message: string }[] = [];
  const at =
    (level: string) =>
    (details: object, message: string): void => {
      lines.push({ level, details: details as Record<string, unknown>, message });
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Small repeatable pseudo-random numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
}
