/** How a query's answer gets from the engine to the client. */

import { AtalayaError } from '@atalaya/model';
import type { FastifyReply } from 'fastify';
import type { QueryTask } from '../engine/query-task.ts';
import type { Parts } from './parts.ts';
import { RefusalPause } from './refusal-pause.ts';

/** Runs tasks of a scope of routes and answers with the bytes that come back, unseen. */
export class QueryAnswers {
  readonly #parts: Pick<Parts, 'engine'>;
  readonly #refusals: RefusalPause;

  constructor(parts: Pick<Parts, 'engine' | 'clock'>) {
    this.#parts = parts;
    this.#refusals = new RefusalPause(parts.clock);
  }

  /** @param type the media type of the bytes */
  async answer(task: QueryTask, reply: FastifyReply, type = 'application/json'): Promise<FastifyReply> {
    return reply.type(type).send(await this.bytes(task, reply));
  }

  /** The bytes of the answer, for who has to look into them. */
  async bytes(task: QueryTask, reply: FastifyReply): Promise<Buffer> {
    const abandoned = new AbortController();
    // The client went away before it had its answer: the work is cancelled.
    const onClose = (): void => {
      if (!reply.raw.writableEnded) abandoned.abort();
    };
    reply.raw.once('close', onClose);
    try {
      const { bytes } = await this.#parts.engine.request('query', task, abandoned.signal);
      return Buffer.from(bytes?.buffer ?? new ArrayBuffer(0), bytes?.byteOffset, bytes?.byteLength);
    } catch (error) {
      if (error instanceof AtalayaError && error.code === 'QUERY_LIMIT') await this.#refusals.wait();
      throw error;
    } finally {
      reply.raw.off('close', onClose);
    }
  }
}
