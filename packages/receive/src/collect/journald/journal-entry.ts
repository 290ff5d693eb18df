/** Entries of the systemd journal as `journalctl --output=json` writes them. */

import { priorityKeyword } from '../severity.ts';

/** One entry, its fields as texts. */
export interface JournalEntry {
  readonly cursor: string;
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
  readonly message: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

/** A field: text, bytes that are no text, several of either, or null for one that was too large to be shown. */
type Value = string | null | readonly (number | string | null | readonly number[])[];

/** Reads a line. @throws SyntaxError when it is none. */
export function parseJournalLine(line: string): JournalEntry {
  const object = JSON.parse(line) as Record<string, Value>;
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(object)) {
    const text = textOf(value);
    if (text !== undefined) fields.set(name, text);
  }
  const cursor = fields.get('__CURSOR');
  const microseconds = fields.get('__REALTIME_TIMESTAMP');
  if (cursor === undefined || microseconds === undefined || !/^\d+$/.test(microseconds)) {
    throw new SyntaxError('an entry of the journal has a cursor and a time');
  }
  return { cursor, timestamp: BigInt(microseconds) * 1000n, message: fields.get('MESSAGE'), fields };
}

/** Several values become lines of one text. */
function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null) return undefined;
  if (value.every((item) => typeof item === 'number')) return Buffer.from(value as number[]).toString();
  return value.map((item) => (Array.isArray(item) ? Buffer.from(item as number[]).toString() : String(item ?? ''))).join('\n');
}

/** Promtail's meta labels of an entry: `__journal_` and the field in lower case, and the priority as a word. */
export function metaLabels(fields: ReadonlyMap<string, string>): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [name, value] of fields) {
    if (name !== 'MESSAGE') labels.set(`__journal_${name.toLowerCase()}`, value);
  }
  const keyword = priorityKeyword(fields.get('PRIORITY') ?? '');
  if (keyword !== undefined) labels.set('__journal_priority_keyword', keyword);
  return labels;
}

const ATTRIBUTES: readonly (readonly [field: string, attribute: string])[] = [
  ['SYSLOG_IDENTIFIER', 'syslog_identifier'],
  ['_PID', 'pid'],
];

/** What is worth keeping beside the line. */
export function attributesOf(fields: ReadonlyMap<string, string>): Map<string, string> {
  const attributes = new Map<string, string>();
  const level = priorityKeyword(fields.get('PRIORITY') ?? '');
  if (level !== undefined) attributes.set('level', level);
  for (const [field, attribute] of ATTRIBUTES) {
    const value = fields.get(field);
    if (value !== undefined) attributes.set(attribute, value);
  }
  return attributes;
}
