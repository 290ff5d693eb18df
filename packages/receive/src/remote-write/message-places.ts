/** Where the messages of one kind lie in the series at hand: noted while it is walked, read when they are wanted. */

import { malformed, type ProtobufCursor } from '../protobuf/protobuf-cursor.ts';

/** In one series of one request, which is walked without a pause. */
const MOST_MESSAGES = 16_384;

export class MessagePlaces {
  readonly cursor: ProtobufCursor;
  readonly #what: string;
  #starts: number[] = [];

  /** `what` is what errors call the messages. */
  constructor(cursor: ProtobufCursor, what: string) {
    this.cursor = cursor;
    this.#what = what;
  }

  get count(): number {
    return this.#starts.length;
  }

  clear(): void {
    if (this.#starts.length > 0) this.#starts = [];
  }

  /** A message's length is at `start`; that it lies within its series is seen when it is passed over. @throws AtalayaError BAD_ENCODING */
  note(start: number): void {
    if (this.#starts.length === MOST_MESSAGES) malformed(`more than ${MOST_MESSAGES} ${this.#what} in one series`);
    this.#starts.push(start);
  }

  /** Calls `field` for each field of message `index`; it moves the cursor behind the field's value. The cursor is where it was afterwards. */
  eachField(index: number, field: (tag: number, end: number) => void): void {
    const { cursor } = this;
    const resumeAt = cursor.at;
    cursor.at = this.#starts[index] as number;
    const end = cursor.lengthDelimited(cursor.bytes.length);
    while (cursor.at < end) field(cursor.tag(end), end);
    cursor.at = resumeAt;
  }
}
