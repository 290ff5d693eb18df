/** Cuts a TCP stream into syslog messages (RFC 6587): counted octets (`123 <34>1 …`), or one message a line. */

/** Takes bytes as they come and gives messages, without their ends. */
export class SyslogFraming {
  readonly #maxBytes: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Bytes still to come of a counted message; undefined between messages, or when messages end with a line feed. */
  #counted: number | undefined;
  /** Bytes still to be passed over of a message that is too long; Infinity up to the next line feed. */
  #skipping = 0;
  /** Messages that were cut because they were too long. */
  cut = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer, take: (message: Buffer) => void): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#counted === undefined ? this.#line(rest, take) : this.#octets(rest, take, this.#counted);
  }

  /** The connection has ended: what waits is a message. */
  end(take: (message: Buffer) => void): void {
    if (this.#counted === undefined || this.#waitingBytes > 0) this.#give(take);
  }

  #octets(chunk: Buffer, take: (message: Buffer) => void, count: number): Buffer {
    const part = chunk.subarray(0, count);
    this.#keep(part);
    if (part.length < count) {
      this.#counted = count - part.length;
      return chunk.subarray(part.length);
    }
    this.#counted = undefined;
    this.#give(take);
    return chunk.subarray(part.length);
  }

  #line(chunk: Buffer, take: (message: Buffer) => void): Buffer {
    if (this.#skipping === 0) {
      const head = this.#head(chunk);
      if (head === 'incomplete') {
        this.#keep(chunk);
        return chunk.subarray(chunk.length);
      }
      if (head !== undefined) {
        this.#waiting = [];
        this.#waitingBytes = 0;
        this.#counted = head.count;
        return chunk.subarray(head.length);
      }
    }
    const end = chunk.indexOf(10);
    if (end === -1) {
      this.#keep(chunk);
      return chunk.subarray(chunk.length);
    }
    this.#keep(chunk.subarray(0, end));
    this.#skipping = 0;
    this.#give(take);
    return chunk.subarray(end + 1);
  }

  /** A count and a space before a message. `incomplete`: there are only digits so far. */
  #head(chunk: Buffer): { readonly count: number; readonly length: number } | 'incomplete' | undefined {
    const before = this.#waitingBytes;
    if (before > 9) return undefined;
    const start = Buffer.concat([...this.#waiting, chunk.subarray(0, 12)]).toString('latin1');
    if (/^[1-9]\d{0,8}$/.test(start)) return 'incomplete';
    const match = /^([1-9]\d{0,8}) /.exec(start);
    return match === null ? undefined : { count: Number(match[1]), length: match[0].length - before };
  }

  #keep(bytes: Buffer): void {
    const room = this.#maxBytes - this.#waitingBytes;
    if (bytes.length > room && room >= 0 && this.#skipping === 0) {
      this.#skipping = Infinity;
      this.cut++;
    }
    const part = bytes.subarray(0, Math.max(0, room));
    if (part.length > 0) this.#waiting.push(Buffer.from(part));
    this.#waitingBytes += part.length;
  }

  #give(take: (message: Buffer) => void): void {
    const message = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#skipping = 0;
    let end = message.length;
    while (end > 0 && (message[end - 1] === 10 || message[end - 1] === 13 || message[end - 1] === 0)) end--;
    if (end > 0) take(message.subarray(0, end));
  }
}
