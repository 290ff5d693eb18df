/** Turns what ClickHouse says into entries of the error catalogue. */

import { AtalayaError } from '@atalaya/model';
import { DEFAULT_LIMITS, type QueryOptions } from './engine.ts';

/** ClickHouse's exception codes that mean something to a caller. */
const CODE = {
  timeoutExceeded: 159,
  tooSlow: 160,
  tooManyRows: 158,
  tooManyBytes: 307,
  memoryLimit: 241,
  tooManyParts: 252,
  queryWasCancelled: 394,
  tooManyRowsOrBytes: 396,
  cannotScheduleTask: 439,
  aborted: 236,
  tooManySimultaneousQueries: 202,
  networkError: 210,
  cannotCompileExpression: 427,
} as const;

/** What stands for the code of a failure that ClickHouse knows nothing of. */
const NO_CODE = -1;

/** The first sentence of an exception: ClickHouse appends versions, scopes and stack traces. */
function brief(message: string): string {
  const text = message.replace(/^Code: \d+\. DB::Exception: /, '').replace(/ \(version [^)]*\)/, '');
  const line = text.split('\n', 1)[0] as string;
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

/** The code in a thrown thing, however the client library calls it. */
function exceptionCode(thrown: unknown): number {
  if (typeof thrown !== 'object' || thrown === null) return NO_CODE;
  const { clickhouseCode, code } = thrown as { clickhouseCode?: unknown; code?: unknown };
  if (typeof clickhouseCode === 'number') return clickhouseCode;
  return typeof code === 'string' && /^\d+$/.test(code) ? Number(code) : NO_CODE;
}

/** The error of a query. */
export function queryError(thrown: unknown, options: QueryOptions): AtalayaError {
  if (thrown instanceof AtalayaError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const cause = { cause: thrown };
  if (options.signal?.aborted === true) return new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' }, cause);
  switch (exceptionCode(thrown)) {
    case CODE.timeoutExceeded:
    case CODE.tooSlow:
      return new AtalayaError('QUERY_TIMEOUT', { phase: 'reading samples', limit: `${limits.timeMs} ms` }, cause);
    case CODE.queryWasCancelled:
      return new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' }, cause);
    case CODE.tooManyRows:
    case CODE.tooManyBytes:
    case CODE.tooManyRowsOrBytes:
      return new AtalayaError('QUERY_LIMIT', { setting: 'the rows of an answer', limit: limits.resultRows, reason: brief(message) }, cause);
    case CODE.memoryLimit:
      return new AtalayaError(
        'QUERY_LIMIT',
        { setting: 'the memory of a query', limit: limits.memoryBytes, reason: brief(message) },
        cause,
      );
    case CODE.cannotCompileExpression:
      return new AtalayaError('BAD_QUERY', { reason: brief(message) }, cause);
    default:
      return commandError(thrown);
  }
}

/** The error of a statement that changes something. */
export function commandError(thrown: unknown): AtalayaError {
  if (thrown instanceof AtalayaError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  switch (exceptionCode(thrown)) {
    case NO_CODE: // no exception of ClickHouse: the library or the connection failed
    case CODE.memoryLimit:
    case CODE.tooManyParts:
    case CODE.cannotScheduleTask:
    case CODE.aborted:
    case CODE.tooManySimultaneousQueries:
    case CODE.networkError:
      return new AtalayaError('ENGINE_UNAVAILABLE', { reason: brief(message) }, { cause: thrown, retryAfterSeconds: 5 });
    default:
      return new AtalayaError('INTERNAL', { reason: brief(message) }, { cause: thrown });
  }
}
