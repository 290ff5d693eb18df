/** Answers that come out of the engine piece by piece: each is asked for when the client has taken the one before. */

import { Readable } from 'node:stream';
import { AtalayaError } from '@atalaya/model';
import type { FastifyReply } from 'fastify';
import type { SeriesPiece, SeriesRequest } from '../engine/contract.ts';
import type { Parts } from './parts.ts';

/** The pieces of one answer. Leaving the loop early ends the work in the engine. */
export async function* seriesPieces(
  { engine }: Pick<Parts, 'engine'>,
  request: SeriesRequest,
  signal: AbortSignal,
): AsyncGenerator<SeriesPiece> {
  const cursor = (await engine.request('openSeries', request, signal)).value as number;
  try {
    for (;;) {
      const { value, bytes } = await engine.request('nextSeries', cursor, signal);
      const { contentBytes, done } = value as Pick<SeriesPiece, 'contentBytes' | 'done'>;
      yield { bytes: new Uint8Array(bytes ?? new Uint8Array()), contentBytes, done };
      if (done) return;
    }
  } finally {
    // Of an engine that is gone nothing has to be ended.
    await engine.request('closeSeries', cursor).catch(() => undefined);
  }
}

/** A signal that aborts when the client goes away before it had its answer. */
export function abandonedSignal(reply: FastifyReply): AbortSignal {
  const abandoned = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abandoned.abort(new AtalayaError('QUERY_CANCELED', { phase: 'sending the answer' }));
  });
  return abandoned.signal;
}

/**
 * Bytes as the body of an answer. The first ones are waited for, so that what fails at once still gets a proper answer; a later
 * failure cuts the connection. So does a client that takes nothing for `query.timeout`.
 */
export async function streamed(chunks: AsyncGenerator<Uint8Array>, parts: Parts, reply: FastifyReply): Promise<Readable> {
  const first = await chunks.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      for (let step = first; step.done !== true; step = await chunks.next()) {
        const stalled = parts.clock.after(parts.settings['query.timeout'], () => reply.raw.destroy());
        try {
          yield step.value;
        } finally {
          stalled.cancel();
        }
      }
    } finally {
      await chunks.return(undefined);
    }
  }
  return Readable.from(all(), { objectMode: false });
}
