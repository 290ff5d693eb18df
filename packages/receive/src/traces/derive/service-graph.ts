/**
 * Who calls whom: pairs spans that ask (client, producer) with the spans that are asked (server, consumer), their children in another process,
 * across requests and in either order. Metrics are named as the OpenTelemetry Collector's servicegraph connector and Tempo name them.
 */

import type { SpanBatch } from '@atalaya/journal';
import { hashRange } from '../../remote-write/keyed-hash.ts';
import { serviceText } from './label-text.ts';
import type { ObservedSpans } from './observed-spans.ts';
import { type Peer, PeerNames } from './peer-names.ts';
import { SeriesSets, type SetLabels } from './series-sets.ts';
import { OVERFLOW_LABELS } from './span-metrics.ts';
import { type WaitingSpan, WaitingSpans } from './waiting-spans.ts';

/** What the service graph is made by. */
export interface ServiceGraphOptions {
  /** Edges at most; requests on further ones are counted without their ends. */
  readonly maxEdges: number;
  /** Spans that may wait for their other side. */
  readonly maxWaiting: number;
  /** How long one waits at least, milliseconds; twice as long at most. */
  readonly waitMs: number;
  /** The place from which on the names of peers are looked for in {@link ObservedSpans.attributes}. */
  readonly firstPeerAttribute: number;
}

type ConnectionType = '' | 'messaging_system' | 'database' | 'virtual_node';

/** Span kinds. */
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;

/** Counters and histograms of an edge, by place. */
const REQUESTS = 0;
const FAILED = 1;
const SERVER_SECONDS = 0;
const CLIENT_SECONDS = 1;
/** Counters of what came to no edge. */
const UNPAIRED = 0;
const DROPPED = 1;

/** Whoever sends requests without a span of their own. */
const USER = 'user';

export class ServiceGraph {
  readonly edges = new SeriesSets({
    counters: [
      { name: 'traces_service_graph_request_total', help: 'Requests between two services.' },
      { name: 'traces_service_graph_request_failed_total', help: 'Requests between two services of which either side told an error.' },
    ],
    histograms: [
      { name: 'traces_service_graph_request_server_seconds', help: 'Durations of requests between two services as the server saw them.' },
      { name: 'traces_service_graph_request_client_seconds', help: 'Durations of requests between two services as the client saw them.' },
    ],
  });
  readonly losses = new SeriesSets({
    counters: [
      { name: 'traces_service_graph_unpaired_spans_total', help: 'Spans whose other side did not come in time, and was not named.' },
      { name: 'traces_service_graph_dropped_spans_total', help: 'Spans that could not wait for their other side, because too many did.' },
    ],
    histograms: [],
  });
  readonly #options: ServiceGraphOptions;
  readonly #waiting: WaitingSpans;
  readonly #peers: PeerNames;
  /** Slots of sets by connection type, client and server. */
  readonly #slots = new Map<SeriesSets, Map<string, Map<string, number>>>();
  readonly #identity = new DataView(new ArrayBuffer(24));
  readonly #key = new Int32Array(2);
  #rotatedAt: number | undefined;
  #overflowed = 0;

  constructor(options: ServiceGraphOptions) {
    this.#options = options;
    this.#waiting = new WaitingSpans(options.maxWaiting);
    this.#peers = new PeerNames(options.firstPeerAttribute);
  }

  /** Spans that wait for their other side. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Requests that were counted without their ends, because there were too many edges. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** Looks at the spans of a batch that are fresh. `now` is in milliseconds of the monotonic clock. */
  observe(batch: SpanBatch, spans: ObservedSpans, now: number): void {
    this.expire(now);
    const services = batch.origins.map(({ serviceName }) => serviceText(serviceName));
    for (let row = 0; row < batch.rows; row++) {
      const kind = batch.kinds[row] as number;
      if (kind < SERVER || spans.fresh[row] === 0) continue;
      const service = services[batch.rowOrigins[row] as number] as string;
      if (kind === CLIENT || kind === PRODUCER) this.#asking(batch, row, service, spans, now);
      else this.#asked(batch, row, service, spans, now);
    }
  }

  /** Gives up what has waited for too long. Called by a timer too, so that nothing waits for the next batch. */
  expire(now: number): void {
    this.#rotatedAt ??= now;
    const elapsed = now - this.#rotatedAt;
    if (elapsed < this.#options.waitMs) return;
    this.#rotatedAt = now;
    this.#waiting.rotate((span) => this.#giveUp(span, now));
    // After a rest those that came last have waited long enough, too.
    if (elapsed >= 2 * this.#options.waitMs) this.#waiting.rotate((span) => this.#giveUp(span, now));
  }

  /** Sets were removed: nothing leads to them any more. */
  forgetRemoved(): void {
    for (const [table, byClient] of this.#slots) {
      for (const [client, byServer] of byClient) {
        for (const [server, slot] of byServer) if (table.get(slot) === undefined) byServer.delete(server);
        if (byServer.size === 0) byClient.delete(client);
      }
    }
  }

  #asking(batch: SpanBatch, row: number, service: string, spans: ObservedSpans, now: number): void {
    const messaging = batch.kinds[row] === PRODUCER;
    const seconds = spans.seconds[row] as number;
    const failed = batch.statusCodes[row] === ERROR;
    const { name: peer, isDatabase }: Peer = this.#peers.peer(batch, row, spans.attributes);
    if (isDatabase && !messaging) {
      // Databases tell no spans: there is nothing to wait for.
      this.#count(service, peer, 'database', failed, seconds, seconds, now);
      return;
    }
    this.#hashKey(batch, row, batch.spanIds, spans);
    const [low, high] = this.#key as unknown as [number, number];
    // Another span of the same id: the first one counts.
    if (this.#waiting.asking(low, high) !== undefined) return;
    let paired = false;
    const own: Omit<WaitingSpan, 'next'> = { service, seconds, failed, asked: true, messaging, peer, paired };
    this.#waiting.eachAsked(low, high, (other) => {
      this.#pair(own, other, now);
      other.paired = true;
      paired = true;
    });
    if (!this.#waiting.add(low, high, { ...own, paired }) && !paired) this.#lose(DROPPED, own, now);
  }

  #asked(batch: SpanBatch, row: number, service: string, spans: ObservedSpans, now: number): void {
    const messaging = batch.kinds[row] === CONSUMER;
    const seconds = spans.seconds[row] as number;
    const failed = batch.statusCodes[row] === ERROR;
    if (isZero(batch.parentSpanIds, row)) {
      // Nobody in front of it is seen. A consumer's message may come from anywhere, and often the span that sent it is linked, not its parent.
      if (!messaging) this.#count(USER, service, 'virtual_node', failed, seconds, seconds, now);
      return;
    }
    this.#hashKey(batch, row, batch.parentSpanIds, spans);
    const [low, high] = this.#key as unknown as [number, number];
    const own = { service, seconds, failed, asked: false, messaging, peer: '', paired: false };
    const other = this.#waiting.asking(low, high);
    if (other === undefined) {
      if (!this.#waiting.add(low, high, own)) this.#lose(DROPPED, own, now);
      return;
    }
    this.#pair(other, own, now);
    other.paired = true;
  }

  #pair(client: Omit<WaitingSpan, 'next'>, server: Omit<WaitingSpan, 'next'>, now: number): void {
    const type = client.messaging || server.messaging ? 'messaging_system' : '';
    this.#count(client.service, server.service, type, client.failed || server.failed, server.seconds, client.seconds, now);
  }

  /** Nothing came: a client that named the other side is believed. */
  #giveUp(span: WaitingSpan, now: number): void {
    if (span.peer === '') this.#lose(UNPAIRED, span, now);
    else this.#count(span.service, span.peer, 'virtual_node', span.failed, span.seconds, span.seconds, now);
  }

  #count(
    client: string,
    server: string,
    type: ConnectionType,
    failed: boolean,
    serverSeconds: number,
    clientSeconds: number,
    now: number,
  ): void {
    const slot = this.#slotOf(this.edges, client, server, type, now);
    this.edges.increment(slot, REQUESTS, now);
    if (failed) this.edges.increment(slot, FAILED, now);
    this.edges.observe(slot, SERVER_SECONDS, serverSeconds);
    this.edges.observe(slot, CLIENT_SECONDS, clientSeconds);
  }

  #lose(counter: number, { service, asked, messaging }: Omit<WaitingSpan, 'next'>, now: number): void {
    const [client, server] = asked ? [service, ''] : ['', service];
    this.losses.increment(this.#slotOf(this.losses, client, server, messaging ? 'messaging_system' : '', now), counter, now);
  }

  #slotOf(table: SeriesSets, client: string, server: string, type: ConnectionType, now: number): number {
    const byClient = getOrAdd(this.#slots, table, () => new Map<string, Map<string, number>>());
    const known = byClient.get(`${type}/${client}`)?.get(server);
    if (known !== undefined) return known;
    const connection: SetLabels = type === '' ? {} : { connection_type: type };
    if (table.size < this.#options.maxEdges) {
      const slot = table.add({ client, server, ...connection }, now);
      getOrAdd(byClient, `${type}/${client}`, () => new Map<string, number>()).set(server, slot);
      return slot;
    }
    if (table === this.edges) this.#overflowed++;
    // No client has this name: there is always a type, or nothing, in front of the first slash.
    const overflowing = getOrAdd(byClient, 'overflow', () => new Map<string, number>());
    return getOrAdd(overflowing, type, () => table.add({ ...connection, ...OVERFLOW_LABELS }, now));
  }

  /** What both sides know: the trace, and the id of the span that asks. */
  #hashKey({ traceIds }: SpanBatch, row: number, ids: Uint8Array, { seed }: ObservedSpans): void {
    const identity = this.#identity;
    for (let i = 0; i < 16; i++) identity.setUint8(i, traceIds[row * 16 + i] as number);
    for (let i = 0; i < 8; i++) identity.setUint8(16 + i, ids[row * 8 + i] as number);
    hashRange(identity, 0, 24, seed, this.#key, 0);
  }
}

function isZero(ids: Uint8Array, row: number): boolean {
  for (let i = row * 8; i < row * 8 + 8; i++) if (ids[i] !== 0) return false;
  return true;
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
