/** A container's output as the Docker Engine API streams it: frames of two streams, or the raw bytes of a terminal. */

/** A line of output. */
export interface ContainerLine {
  readonly stream: 'stdout' | 'stderr';
  /** Nanoseconds since the epoch, of the first part of the line. */
  readonly timestamp: bigint;
  readonly text: string;
  /** The bytes that it took. */
  readonly bytes: number;
}

/** Takes bytes as they come and gives lines. */
export interface LogDecoder {
  push(chunk: Buffer, take: (line: ContainerLine) => void): void;
  /** Gives the lines that have not ended, because nothing follows. */
  end(take: (line: ContainerLine) => void): void;
}

/** What Docker makes of a longer line: several parts, each with its own time. */
export const PART_BYTES = 16 * 1024;
const HEADER = 8;
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;

interface Unfinished {
  timestamp: bigint;
  parts: Buffer[];
  bytes: number;
}

/** Nanoseconds since the epoch of an RFC 3339 time; undefined when `text` does not begin with one. */
function timeOf(text: string): { readonly timestamp: bigint; readonly length: number } | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const milliseconds = Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return { timestamp: BigInt(milliseconds) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0')), length: match[0].length };
}

/** Frames: stream, three zeros, length (big-endian), payload. @param lineBytes how much of a line is kept; @param now for parts without a time */
export function frameDecoder(lineBytes: number, now: () => bigint): LogDecoder {
  const unfinished = new Map<ContainerLine['stream'], Unfinished>();
  let waiting = Buffer.alloc(0);

  const finish = (stream: ContainerLine['stream'], take: (line: ContainerLine) => void): void => {
    const line = unfinished.get(stream);
    if (line === undefined) return;
    unfinished.delete(stream);
    take({ stream, timestamp: line.timestamp, text: withoutReturn(Buffer.concat(line.parts).toString()), bytes: line.bytes });
  };

  const frame = (stream: ContainerLine['stream'], payload: Buffer, take: (line: ContainerLine) => void): void => {
    const time = timeOf(payload.toString('latin1', 0, 40));
    const content = time === undefined ? payload : payload.subarray(time.length);
    const line = unfinished.get(stream) ?? { timestamp: time?.timestamp ?? now(), parts: [], bytes: 0 };
    unfinished.set(stream, line);
    const ends = content.at(-1) === 10;
    if (line.bytes < lineBytes + 4) line.parts.push(ends ? content.subarray(0, -1) : content);
    line.bytes += content.length;
    if (ends) finish(stream, take);
  };

  return {
    push(chunk, take) {
      let bytes = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      while (bytes.length >= HEADER) {
        const kind = bytes[0] as number;
        if (kind > 2 || bytes[1] !== 0 || bytes[2] !== 0 || bytes[3] !== 0) throw new Error('the output of the container is not in frames');
        const end = HEADER + bytes.readUInt32BE(4);
        if (bytes.length < end) break;
        frame(kind === 2 ? 'stderr' : 'stdout', bytes.subarray(HEADER, end), take);
        bytes = bytes.subarray(end);
      }
      waiting = Buffer.from(bytes);
    },
    end(take) {
      finish('stdout', take);
      finish('stderr', take);
    },
  };
}

/** A terminal's output: lines with a time before each, and before each further part of a long one. */
export function terminalDecoder(lineBytes: number, now: () => bigint): LogDecoder {
  let waiting: Buffer[] = [];
  let bytes = 0;

  const finish = (take: (line: ContainerLine) => void): void => {
    const raw = Buffer.concat(waiting);
    const length = bytes;
    waiting = [];
    bytes = 0;
    const time = timeOf(raw.toString('latin1', 0, 40));
    let rest = time === undefined ? raw : raw.subarray(time.length);
    const parts: Buffer[] = [];
    while (rest.length > PART_BYTES) {
      const next = timeOf(rest.toString('latin1', PART_BYTES, PART_BYTES + 40));
      if (next === undefined) break;
      parts.push(rest.subarray(0, PART_BYTES));
      rest = rest.subarray(PART_BYTES + next.length);
    }
    take({
      stream: 'stdout',
      timestamp: time?.timestamp ?? now(),
      text: withoutReturn(Buffer.concat([...parts, rest]).toString()),
      bytes: length,
    });
  };

  const keep = (part: Buffer): void => {
    if (bytes < lineBytes * 2 + PART_BYTES) waiting.push(Buffer.from(part));
    bytes += part.length;
  };

  return {
    push(chunk, take) {
      let start = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
        keep(chunk.subarray(start, end));
        finish(take);
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    end(take) {
      if (bytes > 0) finish(take);
    },
  };
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
