/** The buckets of an exponential histogram's data point as they are read. */

import { LENGTH_DELIMITED, malformed, type ProtobufCursor, VARINT } from '../../protobuf/protobuf-cursor.ts';
import { varintTag } from '../../protobuf/tags.ts';
import { NumberList } from '../../native-histogram/number-list.ts';

const OFFSET = varintTag(1);
const COUNTS = 2;

/** The buckets of one side: bucket `i` of the list has the index `offset + i`. */
export class SideBuckets {
  offset = 0;
  readonly counts = new NumberList();

  clear(): void {
    this.offset = 0;
    this.counts.count = 0;
  }

  /** Reads the message that begins at the cursor with its length. @throws AtalayaError BAD_ENCODING */
  read(cursor: ProtobufCursor, end: number): void {
    const to = cursor.lengthDelimited(end);
    while (cursor.at < to) {
      const tag = cursor.tag(to);
      if (tag === OFFSET) this.offset = zigzag(cursor.uint32(to));
      else if (tag >>> 3 !== COUNTS) cursor.skip(tag, to);
      else if ((tag & 7) === VARINT) this.counts.add(cursor.int64(to));
      else {
        if ((tag & 7) !== LENGTH_DELIMITED) malformed(`wire type ${tag & 7} for a list of numbers before byte ${cursor.at}`);
        const listEnd = cursor.lengthDelimited(to);
        while (cursor.at < listEnd) this.counts.add(cursor.int64(listEnd));
      }
    }
  }
}

/** A sint32 out of the unsigned number that stands for it. */
export function zigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
