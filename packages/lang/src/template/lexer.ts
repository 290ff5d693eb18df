/** Cuts a template into texts and actions, and actions into tokens. */

import { readString } from '../promql/lexer.ts';
import { TemplateError } from './error.ts';

/** A piece of a template. Offsets are in UTF-16 code units of the whole text. */
export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly TemplateToken[]; readonly at: number };

/** A token of an action; the last one is of kind `end`. Spaces matter: they separate arguments. */
export interface TemplateToken {
  readonly kind: 'word' | 'field' | 'variable' | 'string' | 'char' | 'number' | 'symbol' | 'space' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /(?<space>[ \t\r\n]+)|(?<string>"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`)|(?<char>'(?:[^'\\\n]|\\[^\n])+')|(?<number>[+-]?(?:0[xX][\da-fA-F_.]+(?:[pP][+-]?\d+)?|0[bBoO][\d_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\p{L}\p{Nd}_]))|(?<field>\.[\p{L}_][\p{L}\p{Nd}_]*)|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<word>[\p{L}_][\p{L}\p{Nd}_]*)|(?<symbol>:=|=|\||\(|\)|,|\.)/uy;

/** Cuts a template apart. Comments and trimmed space are gone. @throws TemplateError */
export function cutTemplate(name: string, text: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  let trims = false;
  for (;;) {
    const open = text.indexOf('{{', at);
    let before = text.slice(at, open === -1 ? text.length : open);
    if (trims) before = before.replace(/^[ \t\r\n]+/, '');
    const trimsLeft = open !== -1 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    if (trimsLeft) before = before.replace(/[ \t\r\n]+$/, '');
    if (before !== '') pieces.push({ kind: 'text', text: before });
    if (open === -1) return pieces;
    const start = open + 2 + (trimsLeft ? 2 : 0);
    const comment = /^[ \t\r\n]*\/\*[^]*?\*\/[ \t\r\n]*(-?)\}\}/.exec(text.slice(start));
    if (comment !== null) {
      trims = comment[1] === '-';
      at = start + comment[0].length;
      continue;
    }
    const action = readAction(name, text, start);
    pieces.push({ kind: 'action', tokens: action.tokens, at: start });
    trims = action.trims;
    at = action.end;
  }
}

/** Where an action of a template ends, and whether it takes the space after it away. */
function readAction(name: string, text: string, start: number): { tokens: TemplateToken[]; end: number; trims: boolean } {
  const tokens: TemplateToken[] = [];
  const fail = (at: number, reason: string): TemplateError => new TemplateError(`template: ${name}:${lineOf(text, at)}: ${reason}`);
  let depth = 0;
  TOKEN.lastIndex = start;
  for (;;) {
    const at = TOKEN.lastIndex;
    const rest = text.slice(at, at + 3);
    const trims = rest === '-}}' && tokens.at(-1)?.kind === 'space';
    if (trims || rest.startsWith('}}')) {
      if (depth > 0) throw fail(at, 'unclosed left paren');
      tokens.push({ kind: 'end', text: '}}', at });
      return { tokens, end: at + (trims ? 3 : 2), trims };
    }
    if (at >= text.length) throw fail(at, 'unclosed action');
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw fail(at, unreadable(text, at));
    const kind = (['space', 'string', 'char', 'number', 'field', 'variable', 'word', 'symbol'] as const).find(
      (each) => groups[each] !== undefined,
    );
    const token = groups[kind as string] as string;
    if (token === '(') depth++;
    if (token === ')' && --depth < 0) throw fail(at, "unexpected right paren U+0029 ')'");
    tokens.push({ kind: kind as TemplateToken['kind'], text: token, at });
  }
}

function unreadable(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) as number);
  if (character === '"') return 'unterminated quoted string';
  if (character === '`') return 'unterminated raw quoted string';
  if (character === "'") return 'unterminated character constant';
  if (/[\d+-]/.test(character))
    return `bad number syntax: ${JSON.stringify(/^\S*/.exec(text.slice(at))?.[0].replace(/\}\}.*$/, '') ?? '')}`;
  const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
  return `unrecognized character in action: U+${code} '${character}'`;
}

/** The line of an offset, from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** What a string token means; `undefined` when its escapes are broken. */
export function stringValue(token: TemplateToken): string | undefined {
  return readString(token.text);
}

/** What a number or character token means: floats as number, whole numbers as bigint; `undefined` when it is neither. */
export function numberValue({ kind, text }: TemplateToken): bigint | number | undefined {
  if (kind === 'char') {
    const value = readString(text);
    return value === undefined || Array.from(value).length !== 1 ? undefined : BigInt(value.codePointAt(0) as number);
  }
  const plain = text.replaceAll('_', '');
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain) && /[.eE]/.test(plain)) return Number(plain);
  const [, sign, digits] = /^([+-]?)(.*)$/.exec(plain) as unknown as [string, string, string];
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (!/^(?:\d+|0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/.test(octal)) return undefined;
  return sign === '-' ? -BigInt(octal) : BigInt(octal);
}
