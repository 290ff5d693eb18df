/** `/loki/api/v1/tail`: lines as they come in, over a websocket. Each message is fetched when the client has taken the one before. */

import websocket, { type WebSocket } from '@fastify/websocket';
import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TailRequest } from '../../../engine/log-contract.ts';
import { wantsCategories } from '../../loki/log-tasks.ts';
import { boundsOf, delayParameter, limitParameter, queryParameter } from '../../loki/parameters.ts';
import { parametersOf } from '../../parameters.ts';
import type { Parts } from '../../parts.ts';

/** What clients may send at a time: they have nothing to say. */
const LARGEST_MESSAGE = 4096;
const PING_EVERY_MS = 10_000;
/** How long a client may take to close its side when the server stops. */
const CLOSED_WITHIN_MS = 500;
/** Reasons of closing (RFC 6455, 7.4.1). */
const CLOSE = { goingAway: 1001, internalError: 1011 } as const;
/** The longest reason that a closing frame holds, in bytes. */
const REASON_BYTES = 123;

/** Registers the route. */
export async function lokiTailRoute(app: FastifyInstance, parts: Parts): Promise<void> {
  const { clock, engine } = parts;
  await app.register(websocket, {
    options: { maxPayload: LARGEST_MESSAGE },
    preClose(done) {
      const { clients } = app.websocketServer;
      for (const client of clients) client.close(CLOSE.goingAway, 'the server is shutting down');
      // Who does not answer that is not waited for.
      clock.after(CLOSED_WITHIN_MS, () => clients.forEach((client) => client.terminate()));
      app.websocketServer.close();
      done();
    },
  });
  /** Tails that were begun before the connection was upgraded: what is wrong with a request is answered in HTTP. */
  const begun = new WeakMap<FastifyRequest, number>();

  app.get(
    '/loki/api/v1/tail',
    {
      websocket: true,
      schema: { tags: ['logs'], summary: 'Lines as they come in, over a websocket' },
      preValidation: async (request) => {
        if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
          throw new AtalayaError('BAD_REQUEST', { reason: 'websocket: the client is not using the websocket protocol' });
        }
        const task = tailRequest(parametersOf(request), wantsCategories(request), parts);
        const gone = new AbortController();
        request.raw.socket.once('close', () => gone.abort());
        const number = (await engine.request('beginTail', task, gone.signal)).value as number;
        begun.set(request, number);
      },
    },
    (socket, request) => {
      const number = begun.get(request);
      if (number !== undefined) void follow(socket, number);
    },
  );

  async function follow(socket: WebSocket, number: number): Promise<void> {
    const gone = new AbortController();
    let answered = true;
    const pings = clock.every(PING_EVERY_MS, () => {
      // A client that does not even answer a ping will not take lines either.
      if (!answered) socket.terminate();
      answered = false;
      socket.ping();
    });
    socket.on('pong', () => (answered = true));
    // What the client says wrongly closes the connection, and that is all there is to do.
    socket.on('error', () => undefined);
    socket.once('close', () => gone.abort());
    try {
      while (!gone.signal.aborted) {
        const { bytes } = await engine.request('nextTail', number, gone.signal);
        await sent(socket, bytes ?? new Uint8Array());
      }
    } catch (error) {
      const stopping = parts.stopping();
      const reason = stopping ? 'the server is shutting down' : AtalayaError.from(error).message;
      socket.close(stopping ? CLOSE.goingAway : CLOSE.internalError, Buffer.from(reason).subarray(0, REASON_BYTES).toString());
    } finally {
      pings.cancel();
      // Of an engine that is gone nothing has to be ended.
      await engine.request('endTail', number).catch(() => undefined);
    }
  }
}

/** Resolves when the message is on its way to the client; rejects when the connection is closed before. */
function sent(socket: WebSocket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(bytes, { binary: false }, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

function tailRequest(parameters: URLSearchParams, categorised: boolean, { clock, settings }: Parts): TailRequest {
  const limit = limitParameter(parameters);
  const { start } = boundsOf(parameters, clock.now());
  const delaySeconds = delayParameter(parameters);
  return {
    query: queryParameter(parameters),
    timeoutMs: settings['query.timeout'],
    start: String(start),
    limit,
    delaySeconds,
    categorised,
  };
}
