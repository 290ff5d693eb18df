/** Tokens of PromQL: literals are read here, and a broken text is explained here; the grammar's own tokens only build the tree. */

import { parseDuration } from '@atalaya/model';
import { AGGREGATION_OPERATORS } from './ast.ts';
import { PromqlError } from './error.ts';

/** A token, as far as error messages need it. */
export interface Token {
  readonly kind: 'string' | 'number' | 'identifier' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`)|(?<number>(?:0[xX][0-9a-fA-F_]*|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)[A-Za-z\d_]*)|(?<identifier>[A-Za-z_:][A-Za-z\d_:]*)|(?<symbol>=~|!~|==|!=|<=|>=|<\/|>\/|[-+*/%^<>=(){}[\],:@])/uy;

/**
 * Cuts a text into tokens, the last of kind `end`.
 * @throws PromqlError for what no PromQL token begins with, and for strings and brackets that are not closed.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const open: { symbol: string; start: number }[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    // Inside a range or subquery the colon separates; it is no part of a name.
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw unreadable(text, start, open.at(-1)?.symbol === '{');
    const kind = (['string', 'number', 'identifier', 'symbol'] as const).find((name) => groups[name] !== undefined);
    if (kind === undefined) continue;
    let token = groups[kind] as string;
    if (kind === 'identifier' && token.startsWith(':') && open.at(-1)?.symbol === '[') {
      TOKEN.lastIndex = start + 1;
      token = ':';
      if (colonSince(tokens)) throw new PromqlError(text, start, start + 1, "unexpected colon ':'");
      tokens.push({ kind: 'symbol', text: token, start, end: start + 1 });
      continue;
    }
    const end = start + token.length;
    if (kind === 'number') checkNumber(text, token, start);
    if (kind === 'symbol') trackBrackets(text, token, start, open);
    tokens.push({ kind, text: token, start, end });
  }
  // Braces are read by themselves; of the others Prometheus counts parentheses first.
  const unclosed = open.at(-1)?.symbol === '{' ? open.at(-1) : (open.find(({ symbol }) => symbol === '(') ?? open.at(-1));
  if (unclosed !== undefined) throw new PromqlError(text, text.length, text.length, UNCLOSED[unclosed.symbol] as string);
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

/** Whether there has been a colon since the last opening bracket. */
function colonSince(tokens: readonly Token[]): boolean {
  for (let i = tokens.length - 1; i >= 0 && tokens[i]!.text !== '['; i--) if (tokens[i]!.text === ':') return true;
  return false;
}

const UNCLOSED: Readonly<Record<string, string>> = {
  '(': 'unclosed left parenthesis',
  '[': 'unclosed left bracket',
  '{': 'unexpected end of input inside braces',
};
const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const CLOSER_NAMES: Readonly<Record<string, string>> = { ')': 'right parenthesis', ']': 'right bracket', '}': 'right brace' };

function trackBrackets(text: string, symbol: string, start: number, open: { symbol: string; start: number }[]): void {
  if (symbol === '(' || symbol === '[' || symbol === '{') {
    open.push({ symbol, start });
    return;
  }
  const opener = CLOSES[symbol];
  if (opener === undefined) return;
  if (open.at(-1)?.symbol === opener) {
    open.pop();
    return;
  }
  if (symbol === ')' && open.at(-1)?.symbol === '[' && open.some(({ symbol: other }) => other === '(')) {
    throw new PromqlError(text, start, start + 1, 'unexpected ")" in subquery or range, expected ":" or "]"');
  }
  // A parenthesis too many has been read already when Prometheus notices it.
  const place = symbol === ')' ? start + 1 : start;
  throw new PromqlError(text, place, start + 1, `unexpected ${CLOSER_NAMES[symbol]} '${symbol}'`);
}

function unreadable(text: string, start: number, insideBraces: boolean): PromqlError {
  const character = String.fromCodePoint(text.codePointAt(start) as number);
  const fault = (reason: string): PromqlError => new PromqlError(text, start, start + character.length, reason);
  if (character === '"' || character === "'") return fault('unterminated quoted string');
  if (character === '`') return fault('unterminated raw string');
  if (character === '!') return fault(`unexpected character after '!': '${text[start + 1] ?? ''}'`);
  return fault(insideBraces ? `unexpected character inside braces: '${character}'` : `unexpected character: '${character}'`);
}

function checkNumber(text: string, token: string, start: number): void {
  if (readNumber(token) === undefined) {
    throw new PromqlError(text, start, start + token.length, badNumber(token));
  }
}

/** Why a token that begins like a number is none. Prometheus shows how far it got. */
function badNumber(token: string): string {
  if (/^(?:\d+(?:ms|[smhdwy]))+$/.test(token)) return `not a valid duration string: ${JSON.stringify(token)}`;
  if (/^(?:0[xX]|[\d.]+[eE][-+]?)$/.test(token))
    return `error parsing number: strconv.ParseFloat: parsing ${JSON.stringify(token)}: invalid syntax`;
  const scanned = /^(?:0[xX][\da-fA-F]+|\d+(?:_\d+)*(?:\.\d*)?(?:[eE][-+]?\d+)?)/.exec(token)?.[0] ?? token;
  return `bad number or duration syntax: ${JSON.stringify(scanned)}`;
}

/** What is wrong with the escapes of a string, as Prometheus says it. */
export function badEscape(token: string): string {
  const quote = token[0] as string;
  for (const [, character] of token.slice(1, -1).matchAll(/\\([^])/g)) {
    if (character === undefined || /[abfnrtv\\xuU0-7]/.test(character) || character === quote) continue;
    const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
    return `unknown escape sequence U+${code} '${character}'`;
  }
  return `invalid escape sequence in string ${token}`;
}

/** A number as a literal means it: its value, and whether it is a duration (then the value is in seconds). `undefined` when it is none. */
export function readNumber(token: string): { value: number; asDuration: boolean } | undefined {
  if (/^\d.*[a-z]$/.test(token) && !/^0x/i.test(token)) {
    const milliseconds = parseDuration(token);
    return milliseconds === undefined ? undefined : { value: milliseconds / 1000, asDuration: true };
  }
  const known = /^(inf|nan)$/i.exec(token)?.[1]?.toLowerCase();
  if (known !== undefined) return { value: known === 'inf' ? Infinity : NaN, asDuration: false };
  // Underscores stand between digits only; a leading zero makes whole numbers octal, as in Go.
  if (/^_|_$|__|_\.|\._|_[eE]|[eE]_/.test(token)) return undefined;
  const digits = token.replaceAll('_', '');
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return { value: Number(digits), asDuration: false };
  if (/^0[0-7]+$/.test(digits)) return { value: Number.parseInt(digits, 8), asDuration: false };
  if (/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits)) return { value: Number(digits), asDuration: false };
  return undefined;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
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
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]|$))/g;

/** The text between the quotes, escapes resolved; `undefined` when an escape is none of Go's. Byte escapes (`\xff`, `\377`) are bytes of UTF-8. */
export function readString(token: string): string | undefined {
  const quote = token[0] as string;
  const body = token.slice(1, -1);
  if (quote === '`') return body;
  if (!body.includes('\\')) return body;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  const put = (text: string): void => {
    for (const byte of encoder.encode(text)) bytes.push(byte);
  };
  let last = 0;
  for (const match of body.matchAll(ESCAPE)) {
    put(body.slice(last, match.index));
    last = match.index + match[0].length;
    const [, simple, hex, octal, short, long] = match;
    if (simple !== undefined) {
      if ((simple === '"' || simple === "'") && simple !== quote) return undefined;
      put(SIMPLE_ESCAPES[simple] as string);
    } else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) {
      const byte = Number.parseInt(octal, 8);
      if (byte > 255) return undefined;
      bytes.push(byte);
    } else {
      const code = Number.parseInt(short ?? long ?? '', 16);
      if (!(code <= 0x10ffff) || (code >= 0xd800 && code < 0xe000)) return undefined;
      put(String.fromCodePoint(code));
    }
  }
  put(body.slice(last));
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const AGGREGATORS = new Set<string>(AGGREGATION_OPERATORS);
const KEYWORDS = new Set(
  'by without on ignoring group_left group_right bool offset fill fill_left fill_right start end anchored smoothed'.split(' '),
);
const WORD_OPERATORS = new Set('and or unless atan2'.split(' '));
const OPERATORS = new Set('- + * / % ^ == != < <= > >= =~ !~ @ </ >/'.split(' '));

/** A token as an error message names it, in Prometheus' manner: `identifier "foo"`, `<op:+>`, `end of input`. */
export function describeToken(token: Token): string {
  const lower = token.text.toLowerCase();
  switch (token.kind) {
    case 'end':
      return 'end of input';
    case 'string':
      return `string ${quoteShort(token.text)}`;
    case 'number':
      return `${readNumber(token.text)?.asDuration === true ? 'duration' : 'number'} ${quoteShort(token.text)}`;
    case 'symbol':
      return OPERATORS.has(token.text) ? `<op:${token.text}>` : JSON.stringify(token.text);
    case 'identifier':
      if (AGGREGATORS.has(lower)) return `<aggr:${token.text}>`;
      if (KEYWORDS.has(lower)) return `<${token.text}>`;
      if (WORD_OPERATORS.has(lower)) return `<op:${token.text}>`;
      if (lower === 'inf' || lower === 'nan') return `number ${JSON.stringify(token.text)}`;
      return `${token.text.includes(':') ? 'metric identifier' : 'identifier'} ${JSON.stringify(token.text)}`;
  }
}

function quoteShort(text: string): string {
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text);
}

/** Whether a word before an opening parenthesis is part of the grammar rather than a function's name. */
export function isGrammarWord(word: string): boolean {
  const lower = word.toLowerCase();
  return AGGREGATORS.has(lower) || KEYWORDS.has(lower) || WORD_OPERATORS.has(lower);
}
