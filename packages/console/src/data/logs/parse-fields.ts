/** Fields inside a line's text, read here: JSON and logfmt, named as the server's parsers name them. */

/** A field of a text. */
export interface TextField {
  readonly name: string;
  readonly value: string;
}

/** Longer texts are not looked into while scrolling. */
const LONGEST = 100_000;
/** More fields than anybody reads. */
const MOST = 500;

/** The format that a text seems to have. */
export function formatOf(text: string): 'json' | 'logfmt' | undefined {
  if (text.length > LONGEST) return undefined;
  const trimmed = text.trim();
  if (trimmed.startsWith('{') && trimmed.endsWith('}')) return parseFields(trimmed, 'json') === undefined ? undefined : 'json';
  // Two pairs at least, and nothing but pairs: prose with a lone `a=b` is no logfmt.
  const pairs = [...trimmed.matchAll(PAIR)];
  if (pairs.length < 2) return undefined;
  const covered = pairs.reduce((sum, [pair]) => sum + pair.length, 0);
  return covered + pairs.length >= trimmed.length * 0.8 ? 'logfmt' : undefined;
}

/** The fields that a parser finds; `undefined` when the text is not of its format. */
export function parseFields(text: string, format: 'json' | 'logfmt'): TextField[] | undefined {
  return format === 'json' ? jsonFields(text) : logfmtFields(text);
}

function jsonFields(text: string): TextField[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields: TextField[] = [];
  collect(value, '', fields);
  return fields;
}

/** Names of nested objects are joined with `_`; lists are left out, as the server's parser does. */
function collect(value: object, prefix: string, fields: TextField[]): void {
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    if (fields.length >= MOST) return;
    const name = labelName(prefix === '' ? key : `${prefix}_${key}`);
    if (typeof inner === 'string') fields.push({ name, value: inner });
    else if (typeof inner === 'number' || typeof inner === 'boolean') fields.push({ name, value: String(inner) });
    else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) collect(inner, name, fields);
  }
}

const PAIR = /(?<key>[^\s="]+)=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s"]*))/g;

function logfmtFields(text: string): TextField[] {
  const fields: TextField[] = [];
  for (const { groups = {} } of text.matchAll(PAIR)) {
    const { key = '', quoted, plain } = groups;
    const value =
      quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
    if (value !== '') fields.push({ name: labelName(key), value });
    if (fields.length >= MOST) break;
  }
  return fields;
}

/** A key as a label's name. */
function labelName(key: string): string {
  return key.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}
