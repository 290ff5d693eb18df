/** Go's `fmt.Sprintf`. */

import { isList, printValue, type TemplateValue, typeName } from './value.ts';

const VERB = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?([a-zA-Z%]|$)/gu;

/** Largest width and precision that Go takes. */
const WIDEST = 1_000_000;

/** Formats values as Go does; what does not fit is said in place, as Go says it: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA int=1)`. */
export function sprintf(format: string, values: readonly TemplateValue[]): string {
  let next = 0;
  const text = format.replaceAll(VERB, (_whole, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
    if (verb === '') return '%!(NOVERB)';
    if (verb === '%') return '%';
    const star = (given: string | undefined): number | undefined => {
      if (given !== '*') return given === undefined ? undefined : Number(given);
      const value = values[next++];
      return typeof value === 'bigint' ? Number(value) : undefined;
    };
    const wide = star(width);
    const precise = star(precision);
    if (Math.abs(wide ?? 0) > WIDEST) return '%!(BADWIDTH)';
    if ((precise ?? 0) > WIDEST) return '%!(BADPREC)';
    if (next >= values.length) return `%!${verb}(MISSING)`;
    return one(verb, values[next++] as TemplateValue, { flags, width: wide, precision: precise });
  });
  if (next >= values.length) return text;
  return `${text}%!(EXTRA ${values
    .slice(next)
    .map((value) => `${typeName(value)}=${printValue(value)}`)
    .join(', ')})`;
}

interface Spec {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

function one(verb: string, value: TemplateValue, spec: Spec): string {
  const { flags, precision } = spec;
  const wrong = (): string => `%!${verb}(${typeName(value)}=${printValue(value)})`;
  switch (verb) {
    case 'v':
    case 's':
      if (isList(value)) return padded(`[${value.map((each) => one(verb, each, { ...spec, width: undefined })).join(' ')}]`, spec);
      if (typeof value === 'number' && verb === 'v') return padded(signed(float(value, 'g', precision), flags), spec, true);
      if (typeof value === 'bigint' && verb === 'v') return padded(signed(String(value), flags), spec, true);
      if (verb === 's' && (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')) return wrong();
      return padded(cut(value === null ? '%!s(<nil>)'.replace('s', verb) : printValue(value), precision), spec);
    case 'q':
      if (typeof value !== 'string') return wrong();
      return padded(JSON.stringify(cut(value, precision)), spec);
    case 't':
      return typeof value === 'boolean' ? padded(String(value), spec) : wrong();
    case 'T':
      return padded(typeName(value), spec);
    case 'd':
      return typeof value === 'bigint' ? padded(signed(digits(value, 10, precision), flags), spec, true) : wrong();
    case 'b':
    case 'o':
      return typeof value === 'bigint' ? padded(signed(digits(value, verb === 'b' ? 2 : 8, precision), flags), spec, true) : wrong();
    case 'x':
    case 'X': {
      const prefix = flags.includes('#') ? '0x' : '';
      const hex =
        typeof value === 'bigint' ? prefix + digits(value, 16, precision) : typeof value === 'string' ? prefix + hexOf(value) : undefined;
      if (hex === undefined) return wrong();
      return padded(verb === 'X' ? hex.toUpperCase() : hex, spec, typeof value === 'bigint');
    }
    case 'c':
    case 'U': {
      if (typeof value !== 'bigint' || value < 0n || value > 0x10ffffn) return wrong();
      const code = Number(value);
      return padded(verb === 'c' ? String.fromCodePoint(code) : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`, spec);
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      if (typeof value !== 'number') return wrong();
      const text = float(value, verb.toLowerCase() as 'e' | 'f' | 'g', verb === 'g' || verb === 'G' ? precision : (precision ?? 6));
      return padded(signed(verb === 'E' || verb === 'G' ? text.toUpperCase() : text, flags), spec, Number.isFinite(value));
    }
    default:
      return wrong();
  }
}

/** The first `precision` characters. */
function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
}

function signed(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text.replace(/^\+/, '')}` : flags.includes(' ') ? ` ${text}` : text;
}

/** To the width, numbers with zeros where that is asked. Characters count, as in Go, not columns. */
function padded(text: string, { flags, width }: Spec, isNumber = false): string {
  const lacking = (width ?? 0) - Array.from(text).length;
  if (lacking <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(lacking);
  if (!flags.includes('0') || !isNumber) return ' '.repeat(lacking) + text;
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(lacking) + text.slice(sign.length);
}

function digits(value: bigint, base: number, precision: number | undefined): string {
  const text = (value < 0n ? -value : value).toString(base).padStart(precision ?? 0, '0');
  return value < 0n ? `-${text}` : text;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

function hexOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function float(value: number, verb: 'e' | 'f' | 'g', precision: number | undefined): string {
  if (!Number.isFinite(value) || (verb === 'g' && precision === undefined)) return printValue(value);
  if (verb === 'f') return tieToEven((digits) => value.toFixed(digits), precision as number);
  const exponential = (digits: number): string => tieToEven((count) => value.toExponential(count), digits);
  if (verb === 'e') return twoDigitExponent(exponential(precision as number));
  const significant = Math.max(1, precision as number);
  const rounded = exponential(significant - 1);
  const exponent = value === 0 ? 0 : Number(rounded.split('e')[1]);
  if (exponent < -4 || exponent >= significant) return twoDigitExponent(Number(rounded).toExponential());
  return String(Number(rounded));
}

const MOST_DIGITS = 100;

/** A number in so many digits behind the point. Of two that are as near Go takes the even one, JavaScript the larger. */
function tieToEven(format: (digits: number) => string, precision: number): string {
  const digits = Math.min(precision, MOST_DIGITS);
  const text = format(digits);
  const [, whole = '', fraction = '', power = ''] = /^(-?\d+)\.(\d*)(e.*)?$/.exec(format(MOST_DIGITS)) ?? [];
  if (!/^50*$/.test(fraction.slice(digits))) return text;
  const kept = whole + fraction.slice(0, digits);
  if (Number(kept.at(-1)) % 2 !== 0) return text;
  return `${whole}${digits === 0 ? '' : '.'}${fraction.slice(0, digits)}${power}`;
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
