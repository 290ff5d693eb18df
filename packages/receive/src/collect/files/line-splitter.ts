/** Cuts bytes into lines, whatever their encoding. */

/** How a file's bytes are read. */
export interface LineEncoding {
  /** Bytes of a unit: line ends lie at multiples of it. */
  readonly unit: 1 | 2;
  /** The end of a line. */
  readonly newline: Buffer;
  /** Bytes of a byte order mark that begins the file, which belong to no line. */
  mark(start: Buffer): number;
  /** The text of `bytes[start…end)`. Bytes that are no text become U+FFFD. */
  decode(bytes: Buffer, start: number, end: number): string;
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const utf8: LineEncoding = {
  unit: 1,
  newline: Buffer.from('\n'),
  mark: (start) => (start.subarray(0, 3).equals(UTF8_MARK) ? 3 : 0),
  decode: (bytes, start, end) => bytes.toString('utf8', start, end),
};

/** The encoding by its name, as browsers name them (`utf-16le`, `latin1`, `shift_jis`); UTF-8 without one. @throws RangeError for an unknown name. */
export function encodingOf(name: string | undefined): LineEncoding {
  const wanted = name?.toLowerCase() ?? 'utf-8';
  if (wanted === 'utf-8' || wanted === 'utf8') return utf8;
  const decoder = new TextDecoder(wanted);
  const decode = (bytes: Buffer, start: number, end: number): string => decoder.decode(bytes.subarray(start, end));
  if (decoder.encoding === 'utf-16le' || decoder.encoding === 'utf-16be') {
    const big = decoder.encoding === 'utf-16be';
    const bom = Buffer.from(big ? [0xfe, 0xff] : [0xff, 0xfe]);
    return {
      unit: 2,
      newline: Buffer.from(big ? [0, 10] : [10, 0]),
      mark: (start) => (start.subarray(0, 2).equals(bom) ? 2 : 0),
      decode,
    };
  }
  return { unit: 1, newline: Buffer.from('\n'), mark: () => 0, decode };
}

/** Where the first line end at or behind `from` begins, counted from a `base` that lies at a multiple of the unit; -1 without one. */
export function findNewline({ unit, newline }: LineEncoding, bytes: Buffer, from: number, base: number): number {
  if (unit === 1) return bytes.indexOf(10, from);
  for (let at = bytes.indexOf(newline, from); at !== -1; at = bytes.indexOf(newline, at + 1)) if ((base + at) % 2 === 0) return at;
  return -1;
}

/** The text of a line without the carriage return before its end. */
export function lineText(encoding: LineEncoding, bytes: Buffer, start: number, end: number): string {
  if (encoding.unit === 1) return encoding.decode(bytes, start, end > start && bytes[end - 1] === 13 ? end - 1 : end);
  const text = encoding.decode(bytes, start, end);
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
