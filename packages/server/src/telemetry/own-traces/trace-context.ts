/** Where a span belongs, as it travels between programs and processes: W3C's trace context, version 00. */

import { randomFillSync } from 'node:crypto';

/** A trace, and the span in it that is the parent of what follows. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
}

/** A span of a request to this program, under which work goes on in the engine process. */
export interface WorkContext extends TraceContext {
  /** The request's own span. */
  readonly requestSpanId: string;
  /** Whether the trace is kept; otherwise it may be for what went wrong or took long. */
  readonly sampled: boolean;
}

/** A trace context that came with a request. */
export interface IncomingContext extends TraceContext {
  /** Whether the caller records its trace. */
  readonly sampled: boolean;
}

const PATTERN = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;
const SAMPLED = 1;
/** Random bytes are asked for in supplies: asking takes longer than using them. */
const SUPPLY = Buffer.alloc(4096);
let used = SUPPLY.length;

/** Reads the header `traceparent`; undefined where it says nothing, or nothing right. */
export function parseTraceparent(header: string | undefined): IncomingContext | undefined {
  const match = PATTERN.exec(header ?? '');
  if (match === null) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = match;
  // Later versions may have more behind; there is no version 255.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** A new id of so many bytes, in hexadecimal digits. */
export function newId(bytes: 8 | 16): string {
  if (used + bytes > SUPPLY.length) {
    randomFillSync(SUPPLY);
    used = 0;
  }
  used += bytes;
  const id = SUPPLY.toString('hex', used - bytes, used);
  return NOTHING.test(id) ? newId(bytes) : id;
}
