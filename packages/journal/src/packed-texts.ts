/** Packed texts: each text's length in bytes as LEB128, then its bytes, as in ClickHouse's Native format. */

/** Tells of each text of a column of packed texts where it starts and ends. The column must be whole, as those of a decoded batch are. */
export function eachText(column: Uint8Array, tell: (start: number, end: number) => void): void {
  let at = 0;
  while (at < column.length) {
    let length = 0;
    let scale = 1;
    for (;;) {
      // Behind the end of a column that is cut off within a length there is nothing that would end it.
      const byte = column[at++] ?? 0;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    tell(at, at + length);
    at += length;
  }
}

/** Makes sure that a column of a `what` holds so many texts, and nothing else. @throws RangeError */
export function checkTexts(column: Uint8Array, count: number, what: string): void {
  let found = 0;
  let end = 0;
  eachText(column, (_start, to) => {
    found++;
    end = to;
  });
  if (found !== count || end !== column.length) {
    throw new RangeError(`a ${what}'s column of ${count} texts in ${column.length} bytes has ${found}, up to ${end}`);
  }
}
