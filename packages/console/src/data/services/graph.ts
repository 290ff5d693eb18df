/** The service graph: who calls whom, how often, with how many failures and how slowly. */

import { type Answer, parseSample, type QueryResult, type VectorSample } from '../prometheus.ts';
import type { mapQueries } from './queries.ts';

/** What a node is. Databases, queues and virtual nodes send no spans of their own: their callers tell of them. */
export type NodeKind = 'service' | 'database' | 'queue' | 'virtual';

/** Rate per second, share of failures 0…1, 95th percentile in seconds; `undefined` where it is not known. */
export interface Red {
  readonly rate: number | undefined;
  readonly errors: number | undefined;
  readonly p95: number | undefined;
}

/** A service or what services call. */
export interface GraphNode extends Red {
  /** Unique in its graph; of a service its name. A database may have the name of a service. */
  readonly id: string;
  readonly name: string;
  readonly kind: NodeKind;
}

/** Calls from one node to another. */
export interface GraphEdge extends Red {
  /** Unique in its graph. */
  readonly id: string;
  readonly client: string;
  readonly server: string;
  readonly connection: string;
  /** The nodes at its ends, by their ids. */
  readonly from: string;
  readonly to: string;
}

/** The whole graph; nodes and edges in order of their names, whatever the numbers. */
export interface ServiceGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The answers to {@link mapQueries}. */
export type MapAnswers = Readonly<Record<keyof ReturnType<typeof mapQueries>, Answer<QueryResult> | undefined>>;

/** From these shares of failures on a service needs a look, or help. */
const SHARES = { warning: 0.01, critical: 0.05 } as const;

/** How grave a share of failures is; `undefined` is nothing to remark. */
export function gravity(errors: number | undefined): 'warning' | 'critical' | undefined {
  if (errors === undefined || errors < SHARES.warning) return undefined;
  return errors < SHARES.critical ? 'warning' : 'critical';
}

const vector = (answer: Answer<QueryResult> | undefined): readonly VectorSample[] =>
  answer?.data.resultType === 'vector' ? answer.data.result : [];

/** A sample as a number; `undefined` for what is none. */
function numberOf(sample: VectorSample | undefined): number | undefined {
  const value = sample === undefined ? Number.NaN : parseSample(sample.value[1]);
  return Number.isFinite(value) ? value : undefined;
}

/** The share of failures; without calls there is none to tell. */
function shareOf(failed: number, all: number): number | undefined {
  return all > 0 ? Math.min(failed / all, 1) : undefined;
}

/** A name for an edge that is unique. */
export function edgeId(client: string, server: string, connection: string): string {
  return JSON.stringify([client, server, connection]);
}

/** The graph that the answers tell of. Edges and services without a call in the range are left out. */
export function graphOf(answers: MapAnswers): ServiceGraph {
  const edges = edgesOf(answers);
  const called = new Map(
    vector(answers.calledLatency).map((sample) => [
      nodeId(sample.metric['server'] ?? '', sample.metric['connection_type'] ?? ''),
      numberOf(sample),
    ]),
  );
  const nodes = new Map<string, GraphNode>(servicesOf(answers).map((node) => [node.id, node]));
  const ends = edges.flatMap(({ client, server, from, to }) => [
    { id: from, name: client },
    { id: to, name: server },
  ]);
  for (const { id, name } of ends) {
    if (nodes.has(id)) continue;
    const into = edges.filter(({ to }) => to === id);
    const rate = into.reduce((sum, edge) => sum + (edge.rate ?? 0), 0);
    const failed = into.reduce((sum, edge) => sum + (edge.rate ?? 0) * (edge.errors ?? 0), 0);
    nodes.set(id, {
      id,
      name,
      kind: kindOf(id, edges),
      rate: into.length === 0 ? undefined : rate,
      errors: shareOf(failed, rate),
      p95: called.get(id),
    });
  }
  return { nodes: [...nodes.values()].sort((a, b) => compare(a.id, b.id)), edges };
}

/** The node that a call leads to. A database is often named as the service that owns it. */
function nodeId(server: string, connection: string): string {
  return connection === 'database' ? `database:${server}` : server;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A node that sends no spans is what the edges say that lead to it; one that only calls is virtual. */
function kindOf(id: string, edges: readonly GraphEdge[]): NodeKind {
  const into = edges.filter(({ to }) => to === id).map(({ connection }) => connection);
  if (into.includes('database')) return 'database';
  if (into.includes('messaging_system')) return 'queue';
  // Its spans are there as the other side of a pair, even if those that are counted by service have left the range.
  return into.includes('') || edges.some(({ from, connection }) => from === id && connection === '') ? 'service' : 'virtual';
}

function edgesOf(answers: MapAnswers): GraphEdge[] {
  const keyed = (answer: Answer<QueryResult> | undefined) =>
    new Map(vector(answer).map((sample) => [keyOf(sample), numberOf(sample)] as const));
  const failed = keyed(answers.failed);
  const latency = keyed(answers.edgeLatency);
  return vector(answers.requests)
    .flatMap((sample): GraphEdge[] => {
      const { client = '', server = '', connection_type: connection = '' } = sample.metric;
      const rate = numberOf(sample);
      if (rate === undefined || rate <= 0 || client === '' || server === '') return [];
      const id = keyOf(sample);
      const ends = { from: client, to: nodeId(server, connection) };
      return [{ id, client, server, connection, ...ends, rate, errors: shareOf(failed.get(id) ?? 0, rate), p95: latency.get(id) }];
    })
    .sort((a, b) => compare(a.id, b.id));
}

function keyOf({ metric }: VectorSample): string {
  return edgeId(metric['client'] ?? '', metric['server'] ?? '', metric['connection_type'] ?? '');
}

/** Kinds of spans in the order in which they stand for a service: what comes in, then its own work, then its calls. */
const STANDING: readonly (readonly string[])[] = [
  ['SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER'],
  ['SPAN_KIND_INTERNAL', 'SPAN_KIND_UNSPECIFIED'],
  ['SPAN_KIND_CLIENT', 'SPAN_KIND_PRODUCER'],
];

/** The kinds that tell how a service does, of those that it has. */
export function standingKinds(kinds: Iterable<string>): readonly string[] {
  const present = new Set(kinds);
  return STANDING.find((group) => group.some((kind) => present.has(kind)))?.filter((kind) => present.has(kind)) ?? [];
}

function servicesOf(answers: MapAnswers): GraphNode[] {
  const latency = new Map(vector(answers.serviceLatency).map((sample) => [sample.metric['service_name'] ?? '', numberOf(sample)]));
  const moving = vector(answers.calls).filter((sample) => (numberOf(sample) ?? 0) > 0);
  const byService = Map.groupBy(moving, ({ metric }) => metric['service_name'] ?? '');
  byService.delete('');
  return [...byService].map(([id, samples]): GraphNode => {
    const kinds = standingKinds(samples.map(({ metric }) => metric['span_kind'] ?? ''));
    const own = samples.filter(({ metric }) => kinds.includes(metric['span_kind'] ?? ''));
    const sum = (of: readonly VectorSample[]) => of.reduce((total, sample) => total + (numberOf(sample) ?? 0), 0);
    const rate = sum(own);
    const failed = sum(own.filter(({ metric }) => metric['status_code'] === 'STATUS_CODE_ERROR'));
    return { id, name: id, kind: 'service', rate, errors: shareOf(failed, rate), p95: latency.get(id) };
  });
}

/** The services that need a look most: by share of failures, then by latency; those in good health are left out unless they are slow. */
export function worstServices(graph: ServiceGraph, count: number): readonly GraphNode[] {
  return graph.nodes
    .filter(({ kind }) => kind === 'service')
    .toSorted((a, b) => (b.errors ?? 0) - (a.errors ?? 0) || (b.p95 ?? 0) - (a.p95 ?? 0))
    .slice(0, count);
}

/**
 * The ids of nodes and edges that stand out: what is chosen with its neighbours, or else what has the sought text in its name;
 * `undefined` when nothing is chosen or sought.
 */
export function litBy(graph: ServiceGraph, chosen: string | undefined, find: string): ReadonlySet<string> | undefined {
  const text = find.trim().toLowerCase();
  if (chosen !== undefined) {
    const near = graph.edges.filter(({ id, from, to }) => [id, from, to].includes(chosen));
    return new Set([chosen, ...near.flatMap(({ id, from, to }) => [id, from, to])]);
  }
  if (text === '') return undefined;
  const named = new Set(graph.nodes.filter(({ name }) => name.toLowerCase().includes(text)).map(({ id }) => id));
  return new Set([...named, ...graph.edges.filter(({ from, to }) => named.has(from) || named.has(to)).map(({ id }) => id)]);
}
