/** A unary gRPC call as a client without a library makes it, for whole-program tests. */

import { connect, type IncomingHttpHeaders } from 'node:http2';

const EXPORT_LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

/** A message with its prefix of five bytes. */
export function grpcFrame(message: Uint8Array, compressed = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = compressed;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Calls LogsService/Export, see {@link callUnary}. */
export function exportLogs(address: string, payload: Uint8Array, headers: Record<string, string> = {}): Promise<string> {
  return callUnary(address, EXPORT_LOGS, payload, headers);
}

/** Calls a method at `host:port` on a connection of its own; gives the status of the answer, or how the connection ended. */
export async function callUnary(
  address: string,
  method: string,
  payload: Uint8Array,
  headers: Record<string, string> = {},
): Promise<string> {
  // As gRPC's clients have it: node keeps no more than 10 MB of its own to be sent.
  const client = connect(`http://${address}`, { maxSessionMemory: 1000 });
  try {
    return await new Promise<string>((resolve) => {
      client.on('error', (error: Error) => resolve(error.message));
      const stream = client.request({
        ':method': 'POST',
        ':path': method,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
      const tell = ({ 'grpc-status': status }: IncomingHttpHeaders): void => {
        if (typeof status === 'string') resolve(status);
      };
      stream.on('response', tell).on('trailers', tell);
      stream.on('error', (error: Error) => resolve(error.message)).on('close', () => resolve('closed'));
      stream.resume();
      stream.end(payload);
    });
  } finally {
    client.destroy();
  }
}
