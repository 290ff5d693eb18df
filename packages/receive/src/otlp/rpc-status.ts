/** Failures as gRPC and OTLP tell them: a status code, a message, and when to try again (google.rpc.Status, google.rpc.RetryInfo). */

import { Buffer } from 'node:buffer';
import type { AtalayaError } from '@atalaya/model';
import { bytesField, varintField } from '../protobuf/protobuf-writer.ts';

/** Codes of gRPC that are used here. */
export const RPC_CODE = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;
export type RpcCode = (typeof RPC_CODE)[keyof typeof RPC_CODE];

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
/** When the failure does not say itself how long to wait. */
const RETRY_AFTER_SECONDS = 5;

/** A failure as it is told to a client. */
export interface RpcStatus {
  readonly code: RpcCode;
  readonly message: string;
  /** Whole seconds; only where the same request may succeed later. */
  readonly retryAfterSeconds: number | undefined;
}

/**
 * The status of a failure. What may succeed later is UNAVAILABLE with a time to wait; OTLP's clients send nothing else again: not a
 * RESOURCE_EXHAUSTED without such a time, which is a message that is too large.
 */
export function rpcStatusOf(error: AtalayaError): RpcStatus {
  const { code, message } = error;
  if (code === 'INTERNAL') return { code: RPC_CODE.internal, message, retryAfterSeconds: undefined };
  if (error.retry) {
    return { code: RPC_CODE.unavailable, message, retryAfterSeconds: Math.ceil(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS) };
  }
  return { code: code === 'BODY_TOO_LARGE' ? RPC_CODE.resourceExhausted : RPC_CODE.invalidArgument, message, retryAfterSeconds: undefined };
}

/** google.rpc.Status as protobuf. */
export function encodeRpcStatus({ code, message, retryAfterSeconds }: RpcStatus): Uint8Array {
  const parts = [varintField(1, code), bytesField(2, message)];
  if (retryAfterSeconds !== undefined) {
    const retryInfo = bytesField(1, varintField(1, retryAfterSeconds), true);
    parts.push(bytesField(3, Buffer.concat([bytesField(1, RETRY_INFO), bytesField(2, retryInfo)])));
  }
  return Buffer.concat(parts);
}

/** google.rpc.Status as JSON. */
export function rpcStatusJson({ code, message, retryAfterSeconds }: RpcStatus): string {
  const details = retryAfterSeconds === undefined ? {} : { details: [{ '@type': RETRY_INFO, retryDelay: `${retryAfterSeconds}s` }] };
  return JSON.stringify({ code, message, ...details });
}
