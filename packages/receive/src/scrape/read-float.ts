/** Reads numbers straight from the bytes of an exposition, without making strings for the usual ones. */

/** Powers of ten that a double holds exactly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const LARGEST_EXACT_POWER = 22;
/** From here on a double no longer holds every whole number. */
const EXACT_INTEGERS = 2 ** 53;

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;
const TO_LOWER = 0x20;

/**
 * The number written in `bytes[start, end)`: decimal, with or without exponent, or `NaN`, `Inf`, `+Inf`, `-Inf` in any
 * case. NaN for everything else too, also for a number beyond the range of a double: ask {@link isNotANumberText} which.
 *
 * Always the double nearest to the decimal. The fast path is exact because a whole number below 2^53 and a power of ten up
 * to 10^22 are both exact doubles, so that one multiplication or division rounds once (Clinger 1990); the rest goes to `Number`.
 */
export function readFloat(bytes: Buffer, start: number, end: number): number {
  let at = start;
  const first = bytes[at];
  const negative = first === MINUS;
  if (negative || first === PLUS) at++;
  const digitsStart = at;
  let mantissa = 0;
  let digit: number;
  while (at < end && (digit = (bytes[at] as number) - ZERO) >= 0 && digit <= 9) {
    mantissa = mantissa * 10 + digit;
    at++;
  }
  let digits = at - digitsStart;
  let exponent = 0;
  if (at < end && bytes[at] === POINT) {
    const fractionStart = ++at;
    while (at < end && (digit = (bytes[at] as number) - ZERO) >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      at++;
    }
    exponent = fractionStart - at;
    digits -= exponent;
  }
  if (digits === 0) return readSpecial(bytes, start, end);
  if (at < end && ((bytes[at] as number) | TO_LOWER) === LOWER_E) {
    at++;
    const sign = bytes[at];
    if (sign === MINUS || sign === PLUS) at++;
    const exponentStart = at;
    let written = 0;
    while (at < end && (digit = (bytes[at] as number) - ZERO) >= 0 && digit <= 9) {
      if (written < 100_000) written = written * 10 + digit;
      at++;
    }
    if (at === exponentStart) return NaN;
    exponent += sign === MINUS ? -written : written;
  }
  if (at !== end) return NaN;
  let value: number;
  if (mantissa >= EXACT_INTEGERS || exponent > LARGEST_EXACT_POWER || exponent < -LARGEST_EXACT_POWER) {
    value = Number(bytes.toString('latin1', start, end));
    return value === Infinity || value === -Infinity ? NaN : value;
  }
  if (exponent === 0) value = mantissa;
  else if (exponent < 0) value = mantissa / (EXACT_POWERS[-exponent] as number);
  else value = mantissa * (EXACT_POWERS[exponent] as number);
  return negative ? -value : value;
}

/** Whether the bytes spell the value NaN. */
export function isNotANumberText(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 3 && bytes.toString('latin1', start, end).toLowerCase() === 'nan';
}

function readSpecial(bytes: Buffer, start: number, end: number): number {
  if (end - start > 9) return NaN;
  switch (bytes.toString('latin1', start, end).toLowerCase()) {
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Infinity;
    case '-inf':
    case '-infinity':
      return -Infinity;
    default:
      return NaN;
  }
}
