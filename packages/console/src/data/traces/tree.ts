/** A loaded trace as the pages draw it: the tree that room `model` builds, as columns in the order of a waterfall's lines. */

import { buildTraceTree, criticalPath, selfTimes, type TimedSpan, type TraceFlaw } from '@atalaya/model';

import type { Trace, TraceSpan } from './span.ts';

/** What is odd about a span's place: what the tree found wrong, or a clock that differs from its caller's, so that the span was moved. */
export type Oddity = TraceFlaw | 'skew';

/**
 * The tree. Each span stands before its children, these by start: a span's descendants are the places from its own + 1 up to `after` of it.
 * Times are nanoseconds since the first start, clocks made to agree.
 */
export interface TraceTree {
  readonly trace: Trace;
  readonly spans: readonly TraceSpan[];
  readonly starts: Float64Array;
  /** From the first start to the last end. */
  readonly duration: number;
  /** Place of the parent; -1 for a root. */
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly after: Int32Array;
  /** In which no child of the span ran. */
  readonly self: Float64Array;
  readonly oddities: readonly (Oddity | undefined)[];
  /** Place of the span that the trace is named after. */
  readonly root: number;
  readonly deepest: number;
}

/** Of each span that is on the critical path the stretches in which it is, as `start, end, start, end, …`. */
export type CriticalPath = ReadonlyMap<number, readonly number[]>;

interface Timed extends TimedSpan {
  readonly own: TraceSpan;
}

/** Clocks may differ by so much before it is worth a word, nanoseconds. */
const TOLERATED = 1_000_000;

/** Builds the tree and finds the critical path of its first root. */
export function buildTree(trace: Trace): { tree: TraceTree; path: CriticalPath } {
  const built = buildTraceTree(
    trace.spans.map((own): Timed => ({
      own,
      spanId: own.id,
      parentSpanId: own.parentId,
      start: own.start,
      end: own.start + own.duration,
      process: processOf(own),
    })),
  );
  const { nodes, start, end } = built;
  const path = new Map<number, number[]>();
  for (const section of criticalPath(built)) {
    const stretches = path.get(section.node.index);
    if (stretches === undefined) path.set(section.node.index, [section.start - start, section.end - start]);
    else stretches.push(section.start - start, section.end - start);
  }
  const tree: TraceTree = {
    trace,
    spans: nodes.map(({ span }) => span.own),
    starts: Float64Array.from(nodes, (node) => node.start - start),
    duration: end - start,
    parent: Int32Array.from(nodes, (node) => node.parent?.index ?? -1),
    depth: Int32Array.from(nodes, (node) => node.depth),
    after: Int32Array.from(nodes, (node) => node.index + node.descendants + 1),
    self: selfTimes(built),
    oddities: nodes.map(({ flaw, shift }) => flaw ?? (Math.abs(shift) > TOLERATED ? 'skew' : undefined)),
    root: 0,
    deepest: nodes.reduce((most, { depth }) => Math.max(most, depth), 0),
  };
  return { tree, path };
}

/** Whose clock a span's times are from: an instance of a service, or a service on a host. */
function processOf({ origin }: TraceSpan): string {
  const of = (key: string) => origin.resource.find((attribute) => attribute.key === key)?.value ?? '';
  return [origin.service, of('service.instance.id'), of('host.name'), of('process.pid')].join('\n');
}
