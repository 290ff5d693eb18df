/** `/api/v1/read`: Prometheus' remote read, samples whole or streamed in chunks. */

import { Readable } from 'node:stream';
import { AtalayaError } from '@atalaya/model';
import { SnappyDecoder } from '@atalaya/receive';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SeriesForm, SeriesRequest } from '../../engine/contract.ts';
import { ProtobufOutput } from '../../remote-read/protobuf-output.ts';
import { decodeReadRequest, type ReadQuery, type ReadRequest, type ResponseForm } from '../../remote-read/read-request.ts';
import { literalElement } from '../../remote-read/snappy-elements.ts';
import type { Parts } from '../parts.ts';
import { abandonedSignal, seriesPieces, streamed } from '../series-pieces.ts';

const CHUNKS_TYPE = 'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse';
/** Requests are matchers and times: more than this is none. */
const MOST_REQUEST_BYTES = 1 << 20;
/** An answer in samples says its length first, so all of it is held, compressed, until it is complete: so much for all of them together. */
const MOST_HELD_BYTES = 256 << 20;

/** Registers remote read. */
export async function remoteReadRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  const decoder = new SnappyDecoder();
  let heldByAll = 0;

  /** Counts what one answer holds until its connection is done with it. */
  const holding = (reply: FastifyReply): ((bytes: number) => void) => {
    let own = 0;
    reply.raw.once('close', () => {
      heldByAll -= own;
    });
    return (bytes) => {
      own += bytes;
      heldByAll += bytes;
      if (own > MOST_HELD_BYTES) throw tooLarge(parts.settings['query.samples']);
      if (heldByAll > MOST_HELD_BYTES) {
        throw new AtalayaError('OVERLOADED', { reason: 'remote reads hold too much; ask for streamed chunks' }, { retryAfterSeconds: 1 });
      }
    };
  };

  async function* chunks(queries: readonly ReadQuery[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (const [queryIndex, query] of queries.entries()) {
      for await (const { bytes } of seriesPieces(parts, requestOf(query, { kind: 'chunks', queryIndex }), signal)) yield bytes;
    }
  }

  const samples = async (queries: readonly ReadQuery[], hold: (bytes: number) => void, signal: AbortSignal): Promise<Uint8Array[]> => {
    const pieces: Uint8Array[] = [];
    let contentBytes = 0;
    for (const query of queries) {
      const place = pieces.push(new Uint8Array(0)) - 1;
      let resultBytes = 0;
      for await (const piece of seriesPieces(parts, requestOf(query, { kind: 'samples' }), signal)) {
        pieces.push(piece.bytes);
        resultBytes += piece.contentBytes;
        hold(piece.bytes.length);
      }
      const head = new ProtobufOutput();
      head.varint(1 * 8 + 2);
      head.varint(resultBytes);
      contentBytes += head.length + resultBytes;
      const element = new ProtobufOutput();
      literalElement(head.content, element);
      pieces[place] = element.content;
    }
    const length = new ProtobufOutput();
    length.varint(contentBytes);
    return [length.content, ...pieces];
  };

  /** Native histograms cannot be told in chunks; a reader that takes samples as well gets those. */
  const formFor = async ({ queries, form, takesSamples }: ReadRequest, signal: AbortSignal): Promise<ResponseForm> => {
    if (form === 'samples' || !takesSamples) return form;
    for (const query of queries) {
      const asked = requestOf(query, { kind: 'samples' });
      if ((await parts.engine.request('holdHistograms', asked, signal)).value === true) return 'samples';
    }
    return form;
  };

  const answer = async (body: Uint8Array, reply: FastifyReply): Promise<FastifyReply> => {
    const request = decodeReadRequest(decoder.decode(body, MOST_REQUEST_BYTES));
    const { queries } = request;
    const signal = abandonedSignal(reply);
    if ((await formFor(request, signal)) === 'chunks') {
      const stream = await streamed(chunks(queries, signal), parts, reply);
      return reply.type(CHUNKS_TYPE).send(stream);
    }
    const block = await samples(queries, holding(reply), signal);
    const length = block.reduce((sum, piece) => sum + piece.length, 0);
    reply.headers({ 'Content-Encoding': 'snappy', 'Content-Length': length });
    return reply.type('application/x-protobuf').send(Readable.from(block, { objectMode: false }));
  };

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_REQUEST_BYTES }, (_request, body, done) => done(null, body));
    scope.post('/api/v1/read', { schema: { tags: ['query'], summary: 'Prometheus remote read' } }, async (request, reply) =>
      answer(request.body instanceof Uint8Array ? request.body : new Uint8Array(), reply),
    );
  });
}

function requestOf({ matchers, startMs, endMs }: ReadQuery, form: SeriesForm): SeriesRequest {
  return { matcherSets: [matchers], startMs, endMs, form };
}

function tooLarge(limit: number): AtalayaError {
  const reason = `the answer takes more than ${MOST_HELD_BYTES} bytes; ask for streamed chunks, a shorter range or fewer series`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit, reason });
}
