/** Reads the one message of a unary call as it arrives: five bytes of prefix (compressed or not, length), then the message. */

import type { Readable } from 'node:stream';
import { AtalayaError } from '@atalaya/model';
import { RPC_CODE } from '@atalaya/receive';
import type { TakeBytes } from '../http/body-budget.ts';
import { CallError } from './call-failure.ts';

const PREFIX = 5;

/** A message as it came. */
export interface CallMessage {
  readonly compressed: boolean;
  readonly bytes: Buffer;
}

/**
 * The message of a call. Only bytes that are here are taken, so that a client which promises much and sends slowly keeps nothing from others; one
 * that promises more than `limit` is refused before it sends it. Rejects with BODY_TOO_LARGE, INGEST_BUSY or a {@link CallError}.
 */
export async function readMessage(stream: Readable, limit: number, take: TakeBytes): Promise<CallMessage> {
  const chunks: Buffer[] = [];
  let received = 0;
  let promised = Infinity;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const takeChunk = (chunk: Buffer): void => {
    try {
      received += chunk.length;
      take(chunk.length);
      chunks.push(chunk);
      if (promised === Infinity && received >= PREFIX) {
        promised = (chunks.length === 1 ? chunk : Buffer.concat(chunks)).readUInt32BE(1) + PREFIX;
        if (promised - PREFIX > limit) throw new AtalayaError('BODY_TOO_LARGE', { limit, when: 'as sent', setting: 'limits.body' });
      }
      if (received > promised) throw new CallError(RPC_CODE.unimplemented, 'a call takes one message');
    } catch (error) {
      stream.off('data', takeChunk);
      reject(error);
    }
  };
  stream.on('data', takeChunk).once('end', resolve);
  const cutOff = (): void => reject(new CallError(RPC_CODE.cancelled, 'the call was cut off'));
  stream.once('aborted', cutOff).once('close', cutOff);
  await promise;
  if (received < PREFIX || received < promised) throw new CallError(RPC_CODE.internal, 'the message is cut off');
  const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  const flag = whole[0] as number;
  if (flag > 1) throw new CallError(RPC_CODE.internal, `a message begins with the unknown flags ${flag}`);
  return { compressed: flag === 1, bytes: whole.subarray(PREFIX) };
}
