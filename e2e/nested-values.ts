/** Values of OTLP that are nested deeper than anybody means, for tests with hostile input. */

/** AnyValue that is a list of a list of a list …: headers are collected from the inside out, so that it takes linear time. */
export function nestedList(depth: number): Uint8Array {
  const headers: Uint8Array[] = [];
  let length = 0;
  for (let i = 0; i < depth; i++) {
    for (const field of [1, 5]) {
      const bytes = [field * 8 + 2];
      let rest = length;
      for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
      headers.push(Uint8Array.from([...bytes, rest]));
      length += bytes.length + 1;
    }
  }
  return Buffer.concat(headers.toReversed());
}
