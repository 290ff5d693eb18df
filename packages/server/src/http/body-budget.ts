/** Bounds the memory of request bodies: how many bytes all requests together may hold while they arrive and are worked on. */

import type { IncomingMessage } from 'node:http';
import { AtalayaError } from '@atalaya/model';

const RETRY_AFTER_SECONDS = 1;

/** Takes bytes for one request. @throws AtalayaError INGEST_BUSY when all requests together would have too many */
export type TakeBytes = (bytes: number) => void;

/** The bytes in flight. */
export class BodyBudget {
  readonly #limit: number;
  #used = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get used(): number {
    return this.#used;
  }

  /**
   * Begins an account for one request. What it takes is given back when the answer has been sent or the connection is broken.
   * A request that is alone may take whatever it needs.
   */
  open(response: { once(event: 'close', listener: () => void): unknown }): TakeBytes {
    let own = 0;
    response.once('close', () => {
      this.#used -= own;
    });
    return (bytes) => {
      const others = this.#used - own;
      if (others > 0 && this.#used + bytes > this.#limit) {
        const reason = `${this.#used} bytes of bodies are under way (limits.bodies)`;
        throw new AtalayaError('INGEST_BUSY', { reason }, { retryAfterSeconds: RETRY_AFTER_SECONDS });
      }
      own += bytes;
      this.#used += bytes;
    };
  }
}

/**
 * Reads a body into memory as it arrives. Only bytes that are here are taken, so a client that promises much and sends slowly
 * keeps nothing from others. Rejects with BODY_TOO_LARGE or INGEST_BUSY; what is still to come is then thrown away.
 */
export async function receiveBody(request: IncomingMessage, limit: number, take: TakeBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = Number(request.headers['content-length'] ?? 0);
  const check = (): void => {
    if (length > limit) throw new AtalayaError('BODY_TOO_LARGE', { limit, when: 'as sent', setting: 'limits.body' });
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const takeChunk = (chunk: Buffer): void => {
    try {
      length += chunk.length;
      check();
      take(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      request.off('data', takeChunk);
      reject(error);
    }
  };
  try {
    check();
    length = 0;
    request.on('data', takeChunk).once('end', resolve);
    request.once('error', () => reject(new AtalayaError('BAD_REQUEST', { reason: 'the request body was cut off' })));
    await promise;
  } catch (error) {
    request.resume();
    throw error;
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
