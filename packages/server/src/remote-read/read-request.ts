/** Reads `prompb.ReadRequest`, decompressed: which series a remote reader wants, and in which form. */

import { AtalayaError, type Matcher, type MatchOperator } from '@atalaya/model';
import { LENGTH_DELIMITED, ProtobufCursor } from '@atalaya/receive';

/** The two forms of an answer that the protocol knows. */
export type ResponseForm = 'samples' | 'chunks';

/** One query of a request: samples in `[startMs, endMs]` of the series that fulfil every matcher. */
export interface ReadQuery {
  readonly matchers: readonly Matcher[];
  readonly startMs: number;
  readonly endMs: number;
}

/** A request. Hints are passed over: they only say what the reader is going to do with the samples. */
export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  /** The form that the reader likes best. */
  readonly form: ResponseForm;
  /** Whether it would take samples too. */
  readonly takesSamples: boolean;
}

const FORMS: readonly ResponseForm[] = ['samples', 'chunks'];
const OPERATORS: readonly MatchOperator[] = ['=', '!=', '=~', '!~'];
/** No reader asks so many things at once; each one costs an answer of its own. */
const MOST_QUERIES = 1000;

/** @throws AtalayaError BAD_ENCODING, and BAD_REQUEST when the reader understands neither form. */
export function decodeReadRequest(bytes: Uint8Array): ReadRequest {
  const cursor = new ProtobufCursor(bytes);
  const queries: ReadQuery[] = [];
  const accepted: number[] = [];
  const end = bytes.length;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === field(1)) {
      if (queries.length === MOST_QUERIES)
        throw new AtalayaError('BAD_REQUEST', { reason: `more than ${MOST_QUERIES} queries in one request` });
      queries.push(readQuery(cursor, cursor.lengthDelimited(end)));
    } else if (tag === field(2)) {
      const listEnd = cursor.lengthDelimited(end);
      while (cursor.at < listEnd) accepted.push(cursor.uint32(listEnd));
    } else if (tag === 2 * 8) accepted.push(cursor.uint32(end));
    else cursor.skip(tag, end);
  }
  const form = negotiate(accepted);
  return { queries, form, takesSamples: form === 'samples' || accepted.includes(FORMS.indexOf('samples')) };
}

const field = (number: number): number => number * 8 + LENGTH_DELIMITED;

/** The first form of the reader's list; a reader that names none takes samples. */
function negotiate(accepted: readonly number[]): ResponseForm {
  if (accepted.length === 0) return 'samples';
  for (const number of accepted) {
    const form = FORMS[number];
    if (form !== undefined) return form;
  }
  const reason = `server does not support any of the requested response types: [${accepted.join(' ')}]; supported: SAMPLES, STREAMED_XOR_CHUNKS`;
  throw new AtalayaError('BAD_REQUEST', { reason });
}

function readQuery(cursor: ProtobufCursor, end: number): ReadQuery {
  const matchers: Matcher[] = [];
  let startMs = 0;
  let endMs = 0;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === 1 * 8) startMs = cursor.int64(end);
    else if (tag === 2 * 8) endMs = cursor.int64(end);
    else if (tag === field(3)) matchers.push(readMatcher(cursor, cursor.lengthDelimited(end)));
    else cursor.skip(tag, end);
  }
  return { matchers, startMs, endMs };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function readMatcher(cursor: ProtobufCursor, end: number): Matcher {
  let kind = 0;
  let name = '';
  let value = '';
  const text = (): string => {
    const textEnd = cursor.lengthDelimited(end);
    const content = decoder.decode(cursor.bytes.subarray(cursor.at, textEnd));
    cursor.at = textEnd;
    return content;
  };
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === 1 * 8) kind = cursor.uint32(end);
    else if (tag === field(2)) name = text();
    else if (tag === field(3)) value = text();
    else cursor.skip(tag, end);
  }
  const operator = OPERATORS[kind];
  if (operator === undefined) throw new AtalayaError('BAD_REQUEST', { reason: `invalid matcher type ${kind}` });
  return { name, operator, value };
}
