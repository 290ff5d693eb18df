/** Floats as Go reads them. */

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const HEXADECIMAL = /^([-+]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?\d+)$/;

/** A text as Go's `strconv.ParseFloat` reads it: a number, or the reason why it is none. */
export function readGoFloat(text: string): number | string {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : refused(text, 'value out of range');
  }
  if (/^[-+]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const [, sign, whole = '', fraction = '', power] = HEXADECIMAL.exec(text) ?? [];
  if (power === undefined || whole + fraction === '') return refused(text, 'invalid syntax');
  const value = Number.parseInt(whole + fraction, 16) * 2 ** (Number(power) - 4 * fraction.length);
  if (!Number.isFinite(value)) return refused(text, 'value out of range');
  return sign === '-' ? -value : value;
}

const refused = (text: string, reason: string): string => `strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${reason}`;
