/**
 * Consistent probability sampling as OpenTelemetry specifies it ("TraceState: Probability Sampling"): whether a trace is kept follows from 56 random
 * bits that all of its spans share, so that everybody who asks with the same probability, or a higher one, keeps it too.
 */

/** 56 bits as two numbers: the upper 24, the lower 32. */
interface Bits56 {
  readonly high: number;
  readonly low: number;
}

const SCALE = 2 ** 56;
/** A value of the member `ot` in a W3C tracestate: threshold, or randomness. */
const OT_MEMBER = /(?:^|,)[ \t]*ot=([^,]*)/;
const THRESHOLD = /(?:^|;)th:([0-9a-f]{1,14})(?:;|$)/;
const RANDOMNESS = /(?:^|;)rv:([0-9a-f]{14})(?:;|$)/;

/** Keeps traces with one probability. */
export class TraceDice {
  readonly #threshold: Bits56;

  /** @param probability from 0 (no trace is kept) to 1 (every one) */
  constructor(probability: number) {
    const threshold = BigInt(Math.round((1 - probability) * SCALE));
    this.#threshold = { high: Number(threshold >> 32n), low: Number(threshold & 0xffff_ffffn) };
  }

  /**
   * Whether the trace of a row is kept.
   * @param traceIds 16 bytes a row
   * @param traceState the span's tracestate: what it says of randomness counts instead of the id, and a span that was sampled before with a
   * probability not above this one is kept
   */
  keeps(traceIds: Uint8Array, row: number, traceState: string): boolean {
    if (traceState !== '') {
      const member = OT_MEMBER.exec(traceState)?.[1];
      if (member !== undefined) {
        const before = bitsOf(THRESHOLD.exec(member)?.[1]);
        if (before !== undefined && isAtLeast(before, this.#threshold)) return true;
        const randomness = bitsOf(RANDOMNESS.exec(member)?.[1]);
        if (randomness !== undefined) return isAtLeast(randomness, this.#threshold);
      }
    }
    const at = row * 16 + 9;
    const high = ((traceIds[at] as number) << 16) | ((traceIds[at + 1] as number) << 8) | (traceIds[at + 2] as number);
    if (high !== this.#threshold.high) return high > this.#threshold.high;
    const low =
      (traceIds[at + 3] as number) * 0x100_0000 +
      (((traceIds[at + 4] as number) << 16) | ((traceIds[at + 5] as number) << 8) | (traceIds[at + 6] as number));
    return low >= this.#threshold.low;
  }
}

/** Hexadecimal digits, of which zeros at the end may have been left out. */
function bitsOf(digits: string | undefined): Bits56 | undefined {
  if (digits === undefined) return undefined;
  const all = digits.padEnd(14, '0');
  return { high: Number.parseInt(all.slice(0, 6), 16), low: Number.parseInt(all.slice(6), 16) };
}

function isAtLeast(bits: Bits56, threshold: Bits56): boolean {
  return bits.high > threshold.high || (bits.high === threshold.high && bits.low >= threshold.low);
}
