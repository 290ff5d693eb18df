/**
 * Prometheus' XOR chunks: samples of one series as differences of differences of times and XORs of values, bit by bit.
 *
 *     u16 big-endian: number of samples
 *     first sample: time (zigzag varint), value (64 bits)
 *     second: difference of times (varint), value as XOR
 *     others: difference of differences (0 | 10 and 14 bits | 110 and 17 | 1110 and 20 | 1111 and 64), value as XOR
 *
 * A value as XOR with the one before: `0` when they are equal; `10` and the bits of the window that the last `11` opened; `11`, leading zeros
 * (5 bits), bits in the window (6, 0 for 64), and those bits.
 */

/** Samples that one chunk holds at most, as Prometheus cuts them. */
export const MOST_SAMPLES = 120;

/** A chunk being written; used again after {@link begin}. */
export class XorChunkWriter {
  /** More than 120 samples of 68 + 78 bits can take. */
  #bytes = new Uint8Array(4096);
  #bit = 0;
  #count = 0;
  #time = 0;
  #delta = 0;
  #low = 0;
  #high = 0;
  #leading = -1;
  #trailing = 0;

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#bytes.fill(0, 0, (this.#bit >>> 3) + 2);
    this.#bit = 16;
    this.#count = 0;
    this.#leading = -1;
    this.#trailing = 0;
  }

  /** Appends a sample: time in milliseconds, above that of the one before; value as its two words. */
  append(time: number, low: number, high: number): void {
    if (this.#count === 0) {
      this.#varint(time < 0 ? -time * 2 - 1 : time * 2);
      this.#bits(high, 32);
      this.#bits(low, 32);
    } else {
      const delta = time - this.#time;
      if (this.#count === 1) this.#varint(delta);
      else this.#difference(delta - this.#delta);
      this.#xor(low ^ this.#low, high ^ this.#high);
      this.#delta = delta;
    }
    this.#time = time;
    this.#low = low;
    this.#high = high;
    this.#count++;
  }

  /** The chunk's bytes; valid until {@link begin}. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#bytes[0] = this.#count >>> 8;
    this.#bytes[1] = this.#count & 0xff;
    return this.#bytes.subarray(0, (this.#bit + 7) >>> 3);
  }

  #difference(value: number): void {
    if (value === 0) this.#bits(0, 1);
    else if (fits(value, 14)) {
      this.#bits(0b10, 2);
      this.#bits(value, 14);
    } else if (fits(value, 17)) {
      this.#bits(0b110, 3);
      this.#bits(value, 17);
    } else if (fits(value, 20)) {
      this.#bits(0b1110, 4);
      this.#bits(value, 20);
    } else {
      this.#bits(0b1111, 4);
      this.#bits(Math.floor(value / 0x1_0000_0000), 32);
      this.#bits(value % 0x1_0000_0000, 32);
    }
  }

  #xor(low: number, high: number): void {
    if (low === 0 && high === 0) {
      this.#bits(0, 1);
      return;
    }
    // Five bits say the leading zeros: more than 31 count as 31.
    const leading = Math.min(high === 0 ? 32 + Math.clz32(low) : Math.clz32(high), 31);
    const trailing = low === 0 ? 32 + trailingZeros(high) : trailingZeros(low);
    if (this.#leading >= 0 && leading >= this.#leading && trailing >= this.#trailing) {
      this.#bits(0b10, 2);
    } else {
      this.#leading = leading;
      this.#trailing = trailing;
      this.#bits(0b11, 2);
      this.#bits(leading, 5);
      this.#bits((64 - leading - trailing) & 63, 6);
    }
    this.#window(low, high, 64 - this.#leading - this.#trailing);
  }

  /** Writes the window's bits of a 64-bit number. */
  #window(low: number, high: number, size: number): void {
    const shift = this.#trailing;
    const shiftedLow = shift >= 32 ? high >>> (shift - 32) : shift === 0 ? low : (low >>> shift) | (high << (32 - shift));
    const shiftedHigh = shift >= 32 ? 0 : high >>> shift;
    if (size > 32) this.#bits(shiftedHigh, size - 32);
    this.#bits(shiftedLow, Math.min(size, 32));
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bits((rest % 128) | 0x80, 8);
      rest = Math.floor(rest / 128);
    }
    this.#bits(rest, 8);
  }

  /** Writes the lower `count` bits (at most 32) of a number. */
  #bits(value: number, count: number): void {
    for (let left = count; left > 0;) {
      const free = 8 - (this.#bit & 7);
      const take = Math.min(free, left);
      const piece = (value >>> (left - take)) & ((1 << take) - 1);
      const at = this.#bit >>> 3;
      this.#bytes[at] = (this.#bytes[at] as number) | (piece << (free - take));
      this.#bit += take;
      left -= take;
    }
  }
}

function fits(value: number, bits: number): boolean {
  const border = 2 ** (bits - 1);
  return value > -border && value <= border;
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
