/** Stage `logfmt`: values of a line of `key=value` pairs. */

import { inputOf, readSource, changing, type StageReader } from './stage.ts';

export const readLogfmtStage: StageReader = (config) => {
  const fields = config.section({ known: ['mapping', 'source'] });
  const section = fields.get('mapping') ?? config.fail('mapping is missing');
  const names = new Map(section.entries().map(([name, key]) => [key.text() || name, name]));
  if (names.size === 0) section.fail('must hold at least one name: key');
  const source = readSource(fields);
  return changing((entry) => {
    const input = inputOf(entry, source);
    if (input === undefined) return;
    for (const [key, value] of readPairs(input)) {
      const name = names.get(key);
      if (name !== undefined) entry.extracted.set(name, value);
    }
  });
};

/** Pairs up to the first place that is no logfmt. A key ends at a blank or `=`; a value is bare or quoted; a key without one has an empty one. */
function* readPairs(text: string): Generator<[key: string, value: string]> {
  let at = 0;
  for (;;) {
    while (at < text.length && isBlank(text, at)) at++;
    const keyEnd = endOfBare(text, at);
    if (keyEnd === at) return;
    const key = text.slice(at, keyEnd);
    at = keyEnd;
    let value = '';
    if (text[at] === '=') {
      at++;
      const quoted = text[at] === '"';
      const end = quoted ? endOfQuoted(text, at) : endOfBare(text, at);
      if (end === undefined) return;
      value = quoted ? unescape(text.slice(at + 1, end - 1)) : text.slice(at, end);
      at = end;
    }
    if (at < text.length && !isBlank(text, at)) return;
    yield [key, value];
  }
}

const isBlank = (text: string, at: number): boolean => text.charCodeAt(at) <= 0x20;

function endOfBare(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBlank(text, at) && text[at] !== '=' && text[at] !== '"') at++;
  return at;
}

/** Behind the closing quote; `undefined` when there is none. */
function endOfQuoted(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return undefined;
}

/** A quoted value is a JSON text, apart from control characters that stand in it as they are. */
function unescape(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.parse(`"${quoted.replaceAll(/\p{Cc}/gu, escapeControl)}"`) as string;
  } catch {
    return quoted;
  }
}

const escapeControl = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
