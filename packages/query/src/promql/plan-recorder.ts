/** Notes what each node of a query did while it is evaluated: for explanations only. */

import type { Expression } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import type { ReadEstimate, SampleReader, SelectRequest, SeriesSet } from '../reader.ts';
import type { Budget } from './budget.ts';
import type { Recorder } from './context.ts';
import type { PlannedRead, ReadingNode } from './plan.ts';
import type { Watch } from './run.ts';
import type { Steps, Value } from './value.ts';

/** What one node did. Times in milliseconds. */
export interface NodeRecord {
  evaluations: number;
  steps: number;
  series: number;
  points: number;
  /** Without the nodes that were evaluated meanwhile. */
  ownMs: number;
  once: boolean;
  finished: boolean;
}

/** What one read took and gave. Times in milliseconds. */
export interface ReadRecord {
  readonly request: SelectRequest;
  series: number;
  samples: number;
  samplesInMemory: number;
  rowsFromDisk: number;
  ms: number;
  finished: boolean;
  /** How many selections share it. */
  users: number;
}

/** Watches one run of a query. */
export class PlanRecorder implements Watch, Recorder {
  readonly nodes = new Map<Expression, NodeRecord>();
  /** By the node that reads; empty until they are known. */
  estimates: ReadonlyMap<Expression, ReadEstimate> = new Map();
  budget: Budget | undefined = undefined;
  readonly #clock: Clock;
  readonly #reads = new Map<string, ReadRecord>();
  readonly #requestOf = new Map<Expression, SelectRequest>();
  /** The nodes under way, the outermost first, and the time their children took. */
  readonly #stack: { record: NodeRecord; childrenMs: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get recorder(): Recorder {
    return this;
  }

  estimated(estimates: ReadonlyMap<ReadingNode, ReadEstimate>): void {
    this.estimates = estimates;
  }

  planned(reads: readonly PlannedRead[]): void {
    for (const { reads: node, request } of reads) {
      this.#requestOf.set(node, request);
      this.#recordOf(request).users++;
    }
  }

  /** Every read that was planned, each distinct one once. */
  get reads(): readonly ReadRecord[] {
    return [...this.#reads.values()];
  }

  /** What a node has read. */
  readOf(node: Expression): ReadRecord | undefined {
    const request = this.#requestOf.get(node);
    return request === undefined ? undefined : this.#recordOf(request);
  }

  /** The reader, its reads noted. */
  watching(reader: SampleReader): SampleReader {
    return {
      ...reader,
      select: async (request, limits, signal): Promise<SeriesSet> => {
        const started = this.#clock.monotonic();
        const record = this.#recordOf(request);
        try {
          const set = await reader.select(request, limits, signal);
          record.series = set.labels.length;
          record.samples = samplesIn(set);
          record.samplesInMemory = set.origin?.samplesInMemory ?? 0;
          record.rowsFromDisk = set.origin?.rowsFromDisk ?? 0;
          record.finished = true;
          return set;
        } finally {
          record.ms = this.#clock.monotonic() - started;
        }
      },
    };
  }

  record(node: Expression, steps: Steps, work: () => Value): Value {
    const record = this.nodes.get(node) ?? newRecord();
    this.nodes.set(node, record);
    record.evaluations++;
    record.steps += steps.count;
    record.finished = false;
    const frame = { record, childrenMs: 0 };
    this.#stack.push(frame);
    const started = this.#clock.monotonic();
    try {
      const value = work();
      record.finished = true;
      addOutput(record, value, steps);
      return value;
    } finally {
      const elapsed = this.#clock.monotonic() - started;
      this.#stack.pop();
      record.ownMs += elapsed - frame.childrenMs;
      const parent = this.#stack.at(-1);
      if (parent !== undefined) parent.childrenMs += elapsed;
    }
  }

  evaluatedOnce(): void {
    const current = this.#stack.at(-1);
    if (current !== undefined) current.record.once = true;
  }

  #recordOf(request: SelectRequest): ReadRecord {
    const key = JSON.stringify([request.start, request.end, request.matchers]);
    let record = this.#reads.get(key);
    if (record === undefined) {
      record = { request, series: 0, samples: 0, samplesInMemory: 0, rowsFromDisk: 0, ms: 0, finished: false, users: 0 };
      this.#reads.set(key, record);
    }
    return record;
  }
}

function newRecord(): NodeRecord {
  return { evaluations: 0, steps: 0, series: 0, points: 0, ownMs: 0, once: false, finished: false };
}

/** Counts series and points. Looking at every point would cost nothing to speak of beside having computed them. */
function addOutput(record: NodeRecord, value: Value, steps: Steps): void {
  switch (value.kind) {
    case 'string':
      return;
    case 'scalar':
      record.points += value.values.length;
      return;
    case 'vector': {
      const { labels, present } = value;
      record.series += labels.length;
      let points = 0;
      for (let at = 0; at < labels.length * steps.count; at++) if (present[at] !== 0) points++;
      record.points += points;
      return;
    }
    case 'range':
      record.series += value.samples.labels.length;
      for (let series = 0; series < value.samples.labels.length; series++) {
        record.points += value.samples.ends[series]! - value.samples.starts[series]!;
      }
  }
}

function samplesIn({ labels, starts, ends, histograms }: SeriesSet): number {
  let samples = 0;
  for (let series = 0; series < labels.length; series++) {
    samples += ends[series]! - starts[series]!;
    if (histograms !== undefined) samples += histograms.ends[series]! - histograms.starts[series]!;
  }
  return samples;
}
