/** Numbers as Go prints them: Prometheus' answers and its canonical expressions are written that way. */

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return undefined;
}

/** `digits` and `exponent` so that the value is ±0.digits × 10^exponent, with the fewest digits that read back the same. */
function decompose(value: number): { negative: boolean; digits: string; exponent: number } {
  const [mantissa, power] = Math.abs(value).toExponential().split('e') as [string, string];
  return { negative: value < 0, digits: mantissa.replace('.', ''), exponent: Number(power) + 1 };
}

function exponential(value: number): string {
  const { negative, digits, exponent } = decompose(value);
  const power = exponent - 1;
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(power)).padStart(2, '0');
  return `${negative ? '-' : ''}${digits[0]}${fraction}e${power < 0 ? '-' : '+'}${size}`;
}

/** Never with an exponent, as Go's format `f` with precision -1. Scalars in Prometheus' answers are written so. */
export function formatFixed(value: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  const size = Math.abs(value);
  if (size >= 1e-6 && size < 1e21) return String(value);
  const { negative, digits, exponent } = decompose(value);
  const sign = negative ? '-' : '';
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  if (digits.length <= exponent) return sign + digits.padEnd(exponent, '0');
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

/** With an exponent below 1e-6 and from 1e21 on: sample values in Prometheus' JSON answers. */
export function formatSampleValue(value: number): string {
  // The frequent case first: JavaScript switches to exponents at the same places, but writes 1e-7 where Go writes 1e-07.
  const text = String(value);
  if (value === value && value !== Infinity && value !== -Infinity && value !== 0) {
    return text.includes('e') ? exponential(value) : text;
  }
  return special(value) as string;
}

/** With an exponent below 1e-4 and from 1e6 on, as Go's `%g` and `%v`: numbers in messages, and bounds of histograms. */
export function formatGeneral(value: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  const size = Math.abs(value);
  return size < 1e-4 || size >= 1e6 ? exponential(value) : String(value);
}
