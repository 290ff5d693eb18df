/** An id in hexadecimal digits as bytes, without anything being made for it. */

/** Of more digits nobody wants to know. */
const MOST_BYTES = 32;
/** Values of digits by their character codes; 16 for all that are none. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 16 : digit;
});

/** The id read last: `bytes` up to `length`. */
export class HexId {
  readonly bytes = new Uint8Array(MOST_BYTES);
  length = 0;

  /** Reads an id; what is none has a length that no id has. */
  read(text: string): void {
    const { bytes } = this;
    this.length = -1;
    if (text.length % 2 !== 0 || text.length > MOST_BYTES * 2) return;
    for (let i = 0; i < text.length; i += 2) {
      const high = DIGITS[text.charCodeAt(i)] ?? 16;
      const low = DIGITS[text.charCodeAt(i + 1)] ?? 16;
      if (high === 16 || low === 16) return;
      bytes[i / 2] = high * 16 + low;
    }
    this.length = text.length / 2;
  }
}
