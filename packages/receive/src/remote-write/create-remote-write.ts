/** The remote-write receiver: from a request's headers and body to a journal record and an answer. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import type { RawSeriesResolver } from '../metrics/raw-series.ts';
import type { SeriesDecoder } from './decoded-series.ts';
import { randomSeed } from './keyed-hash.ts';
import { negotiate, type ProtocolVersion, type RequestHeaders } from './negotiate.ts';
import type { RejectReason } from '../metric-writer.ts';
import { KEPT_BYTES, SnappyDecoder } from './snappy-block.ts';
import { SeriesTaker } from './take-series.ts';
import { WriteRequestV1 } from './write-request-v1.ts';
import { WriteRequestV2 } from './write-request-v2.ts';

/** A remote-write request as HTTP brought it: headers by lower-case name, the body still compressed. */
export interface RemoteWriteRequest {
  /** As node:http gives them, names in lower case. */
  readonly headers: RequestHeaders;
  readonly body: Uint8Array;
}

/** The HTTP answer to a remote-write request. */
export interface RemoteWriteAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** One line of text; empty on success. */
  readonly body: string;
}

/** Counts since the start. */
export interface RemoteWriteStats {
  readonly requests: Readonly<Record<ProtocolVersion, number>>;
  /** Answers by status code. */
  readonly answers: Readonly<Record<number, number>>;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  /** Samples in well-formed requests, native histograms included. */
  readonly samplesReceived: number;
  /** Samples that were acknowledged, repetitions of stored ones included. */
  readonly samplesAcknowledged: number;
  /** Native histograms among them. */
  readonly histogramsAcknowledged: number;
  readonly samplesRefused: Readonly<Partial<Record<RejectReason, number>>>;
  /** Exemplars that were acknowledged, repetitions of stored ones included. */
  readonly exemplarsAcknowledged: number;
  readonly exemplarsRefused: number;
  /** Metadata beyond what one request may hold. */
  readonly metadataDropped: number;
}

/** What the receiver is made of; limits in bytes. */
export interface RemoteWriteOptions {
  readonly writer: RawSeriesResolver;
  readonly clock: Clock;
  readonly limits: { readonly bodyBytes: number; readonly decompressedBytes: number };
  readonly log: Logger;
}

/** The receiver of `POST /api/v1/write`. */
export interface RemoteWrite {
  /** Answers one request. Never rejects: every failure is an answer. A 2xx means that everything is on disk. */
  handle(request: RemoteWriteRequest): Promise<RemoteWriteAnswer>;
  stats(): RemoteWriteStats;
}

/** When the journal does not say itself how long to wait. */
const RETRY_AFTER_SECONDS = 5;
/** Refusals are a sender's doing and would repeat with each of its requests. */
const WARN_EVERY_MS = 60_000;
/** A large body is walked in slices of so many series, a few milliseconds each, so that others get their turn. */
const SLICE_SERIES = 1000;

/** Makes the receiver of remote write 1.0 and 2.0. */
export function createRemoteWrite({ writer, clock, limits, log }: RemoteWriteOptions): RemoteWrite {
  const seed = randomSeed();
  const snappy = new SnappyDecoder();
  const requests = { '1.0': 0, '2.0': 0 };
  const answers: Record<number, number> = {};
  const samplesRefused: Partial<Record<RejectReason, number>> = {};
  const totals = {
    compressedBytes: 0,
    uncompressedBytes: 0,
    samplesReceived: 0,
    samplesAcknowledged: 0,
    histogramsAcknowledged: 0,
    exemplarsAcknowledged: 0,
    exemplarsRefused: 0,
    metadataDropped: 0,
  };
  let nextWarning = -Infinity;

  function open({ headers, body }: RemoteWriteRequest): { content: Uint8Array; decoder: SeriesDecoder } {
    const version = negotiate(headers);
    requests[version]++;
    totals.compressedBytes += body.length;
    if (body.length > limits.bodyBytes) {
      throw new AtalayaError('BODY_TOO_LARGE', { limit: limits.bodyBytes, when: 'as sent', setting: 'limits.body' });
    }
    const content = snappy.decode(body, limits.decompressedBytes);
    totals.uncompressedBytes += content.length;
    const decoder = version === '1.0' ? new WriteRequestV1(content, seed) : new WriteRequestV2(content, seed);
    return { content, decoder };
  }

  async function write(request: RemoteWriteRequest): Promise<RemoteWriteAnswer> {
    const { content, decoder } = open(request);
    const taker = new SeriesTaker(decoder, writer);
    // A small body lies in memory that the next request reuses: it is walked without a pause.
    while (taker.takeSome(SLICE_SERIES)) if (content.length > KEPT_BYTES) await nextTurn();
    const { appender, samples, floatsWritten, histogramsWritten, exemplars, exemplarsWritten, refusals } = taker.finish();
    totals.metadataDropped += decoder.metadataDropped;
    totals.samplesReceived += samples;
    await appender.commit();
    totals.samplesAcknowledged += floatsWritten + histogramsWritten;
    totals.histogramsAcknowledged += histogramsWritten;
    totals.exemplarsAcknowledged += exemplarsWritten;
    totals.exemplarsRefused += exemplars - exemplarsWritten;
    for (const [reason, count] of refusals.counts) samplesRefused[reason] = (samplesRefused[reason] ?? 0) + count;
    const headers = writtenHeaders(floatsWritten, histogramsWritten, exemplarsWritten);
    if (refusals.total === 0) return { status: 204, headers, body: '' };
    const text = refusals.text(samples);
    warn(text);
    return { status: 400, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }, body: text };
  }

  function warn(reason: string): void {
    if (clock.monotonic() < nextWarning) return;
    nextWarning = clock.monotonic() + WARN_EVERY_MS;
    log.warn({ reason }, 'remote write: a request was refused, wholly or in part; further ones within a minute are only counted');
  }

  function failure(thrown: unknown): RemoteWriteAnswer {
    const error = AtalayaError.from(thrown);
    const headers: Record<string, string> = { ...writtenHeaders(0, 0, 0), 'Content-Type': 'text/plain; charset=utf-8' };
    if (error.retry) headers['Retry-After'] = String(Math.ceil(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
    if (error.code === 'INTERNAL') log.error({ error: thrown }, 'remote write failed');
    else warn(error.message);
    return { status: error.status, headers, body: error.message };
  }

  return {
    async handle(request) {
      const answer = await write(request).catch(failure);
      answers[answer.status] = (answers[answer.status] ?? 0) + 1;
      return answer;
    },
    stats: () => ({ requests: { ...requests }, answers: { ...answers }, samplesRefused: { ...samplesRefused }, ...totals }),
  };
}

/** What was stored, for senders to compare with what they sent (2.0 demands it, 1.0 ignores it). */
function writtenHeaders(floats: number, histograms: number, exemplars: number): Record<string, string> {
  return {
    'X-Prometheus-Remote-Write-Samples-Written': String(floats),
    'X-Prometheus-Remote-Write-Histograms-Written': String(histograms),
    'X-Prometheus-Remote-Write-Exemplars-Written': String(exemplars),
  };
}
