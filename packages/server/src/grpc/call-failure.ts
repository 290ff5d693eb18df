/** How a failed call is told: status, message and details as gRPC puts them into trailers. */

import { AtalayaError } from '@atalaya/model';
import { encodeRpcStatus, RPC_CODE, type RpcCode, type RpcStatus, rpcStatusOf } from '@atalaya/receive';

/** A failure that gRPC has a code for and the catalogue has not: it never gets beyond the protocol. */
export class CallError extends Error {
  readonly code: RpcCode;

  constructor(code: RpcCode, message: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
  }
}

/** The trailers of a call that failed with what was thrown. */
export function failureTrailers(thrown: unknown): Record<string, string> {
  const status: RpcStatus =
    thrown instanceof CallError
      ? { code: thrown.code, message: thrown.message, retryAfterSeconds: undefined }
      : rpcStatusOf(AtalayaError.from(thrown));
  return {
    'grpc-status': String(status.code),
    'grpc-message': percentEncode(status.message),
    ...(status.retryAfterSeconds === undefined
      ? {}
      : { 'grpc-status-details-bin': Buffer.from(encodeRpcStatus(status)).toString('base64') }),
  };
}

/** The trailers of a call that succeeded. */
export const SUCCESS_TRAILERS: Readonly<Record<string, string>> = { 'grpc-status': String(RPC_CODE.ok) };

/** A message as trailers carry it: printable ASCII but for `%`, everything else as the bytes of its UTF-8. */
function percentEncode(message: string): string {
  return message.replaceAll(/[^ -$&-~]+/gu, (part) =>
    [...Buffer.from(part)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  );
}
