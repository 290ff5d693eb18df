/** Reads the value of one setting from text. */

import { nearestName, parseDuration } from '@atalaya/model';
import { parseSpanConditions, type SpanConditions } from '@atalaya/receive';
import { parseStreamRetention, type StreamRetention } from './stream-retention.ts';
import type { SettingType } from './setting-entry.ts';
import { settingEntry, type SettingPath } from './table.ts';

const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const ALLOWED: Readonly<Record<SettingType, string>> = {
  text: 'a text',
  duration: 'a duration such as 15s, 2h or 15d',
  bytes: 'a size such as 512MiB or 4GiB',
  count: 'a whole number',
  ratio: 'a number from 0 to 1',
  switch: 'true or false',
  list: 'a list',
  conditions: 'conditions such as http.route=/health, separated by commas',
  streams: 'rules such as {job="debug"}=2d, separated by semicolons',
};

type Value = string | number | boolean | readonly string[] | readonly StreamRetention[] | readonly SpanConditions[];

/** The value, or a sentence on what is allowed. */
export type ParsedValue = { readonly value: Value } | { readonly problem: string };

/** Reads `text` as the setting at `path` wants it. */
export function parseSetting(path: SettingPath, text: string): ParsedValue {
  const entry = settingEntry(path);
  if (entry.auto === true && text === 'auto') return { value: -1 };
  const value = readers[entry.type](text.trim());
  const odd =
    entry.choices === undefined || !Array.isArray(value) ? undefined : value.find((word) => !entry.choices?.includes(String(word)));
  if (odd !== undefined) return { problem: unknownChoice(path, String(odd), entry.choices ?? []) };
  if (value !== undefined) return { value };
  return { problem: `"${text}" is not allowed for ${path}: it takes ${ALLOWED[entry.type]}${entry.auto === true ? ', or auto' : ''}` };
}

function unknownChoice(path: SettingPath, word: string, choices: readonly string[]): string {
  const close = nearestName(word, choices);
  const advice = close === undefined ? `it takes ${choices.join(', ')}` : `did you mean ${close}?`;
  return `"${word}" is not allowed for ${path}: ${advice}`;
}

const readers: Record<SettingType, (text: string) => Value | undefined> = {
  conditions: parseSpanConditions,
  streams: parseStreamRetention,
  text: (text) => text,
  duration: parseDuration,
  bytes(text) {
    const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
    const size = SIZES[match?.[2] ?? '?'];
    return match === null || size === undefined ? undefined : Math.round(Number(match[1]) * size);
  },
  count: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
  ratio: (text) => (/^(?:\d+\.?\d*|\.\d+)(?:e-\d+)?$/.test(text) && Number(text) <= 1 ? Number(text) : undefined),
  switch: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  list: (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
};
