/** Reads label sets as Loki's clients write them: `{app="shop", env="prod"}`. */

import { AtalayaError, type Labels, labelsOf } from '@atalaya/model';

const NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const SPACE = /\s*/y;
const QUOTED = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/y;
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]))/g;
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Texts that were read lately: clients send the same ones with every request. */
const MOST_KEPT = 10_000;
const LONGEST_KEPT = 4096;

/** Reads label sets, and remembers them. */
export class LabelTexts {
  #kept = new Map<string, Labels>();

  /** The label set in a text. @throws AtalayaError BAD_LABELS */
  read(text: string): Labels {
    const kept = this.#kept.get(text);
    if (kept !== undefined) return kept;
    const labels = readLabels(text);
    if (this.#kept.size >= MOST_KEPT) this.#kept = new Map();
    if (text.length <= LONGEST_KEPT) this.#kept.set(text, labels);
    return labels;
  }
}

function readLabels(text: string): Labels {
  let at = 0;
  const fail = (reason: string): never => {
    throw new AtalayaError('BAD_LABELS', { reason: `error parsing labels ${text.slice(0, 200)}: ${reason} at character ${at + 1}` });
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
  const sign = (char: string): boolean => {
    match(SPACE);
    if (text[at] !== char) return false;
    at++;
    match(SPACE);
    return true;
  };
  if (!sign('{')) fail('expected {');
  const labels = new Map<string, string>();
  while (!sign('}')) {
    if (labels.size > 0 && !sign(',')) fail('expected , or }');
    if (labels.size > 0 && sign('}')) break;
    const name = match(NAME)?.[0] ?? fail('expected the name of a label');
    if (!sign('=')) fail('expected =');
    const quoted = match(QUOTED) ?? fail('expected a text in quotes');
    if (labels.has(name)) fail(`the label ${name} occurs twice`);
    const value = quoted[1] ?? quoted[2];
    labels.set(name, value === undefined ? (quoted[3] as string) : unescape(value, fail));
  }
  match(SPACE);
  if (at < text.length) fail('expected the end');
  return labelsOf(labels);
}

/** Replaces Go's escapes. */
function unescape(value: string, fail: (reason: string) => never): string {
  if (!value.includes('\\')) return value;
  return value.replaceAll(ESCAPE, (whole, simple?: string, hex?: string, short?: string, long?: string, octal?: string) => {
    if (simple !== undefined) return SIMPLE[simple] as string;
    const code = Number.parseInt(hex ?? short ?? long ?? octal ?? '', octal === undefined ? 16 : 8);
    return Number.isNaN(code) || code > 0x10ffff ? fail(`unknown escape ${whole}`) : String.fromCodePoint(code);
  });
}
