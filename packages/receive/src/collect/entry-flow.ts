/** The way of one target's entries: through its pipeline into the outlet, and how far the source may be taken for read. */

import { type Clock, type Labels, labelsOf, type Timer } from '@atalaya/model';
import type { LogRejectReason } from '../log-writer.ts';
import type { CollectedEntry, EntryPipeline } from './entry.ts';
import type { Outlet, RejectionReporter } from './outlet.ts';

/** What a flow has let through. */
export interface FlowCounts {
  /** Entries taken from the source. */
  lines: number;
  /** Bytes read from the source. */
  bytes: number;
  /** Entries that the writer refused, by reason. */
  readonly rejected: Map<LogRejectReason, number>;
  /** When something was last taken, milliseconds since the epoch. */
  lastReadAt: number | undefined;
}

export interface EntryFlowOptions<Mark> {
  readonly pipeline: EntryPipeline;
  readonly outlet: Outlet;
  readonly clock: Clock;
  /** How far the source was read when nothing has been taken yet. */
  readonly start: Mark;
  /** Called when {@link EntryFlow.read} has moved outside of `take`. */
  readonly onMoved?: () => void;
}

const NANOS = 1_000_000_000n;

/**
 * A pipeline may hold entries back (a stack trace that may go on). Each entry comes with a mark, the place in the source behind it;
 * {@link EntryFlow.read} is the mark of the last entry that is out of the pipeline.
 */
export class EntryFlow<Mark> implements RejectionReporter {
  readonly counts: FlowCounts = { lines: 0, bytes: 0, rejected: new Map(), lastReadAt: undefined };
  readonly #options: EntryFlowOptions<Mark>;
  readonly #emit: (entry: CollectedEntry) => void;
  /** Marks of the entries that are held, the oldest first. */
  #held: Mark[] = [];
  #read: Mark;
  #takenAt = 0;
  #timer: Timer | undefined;
  #lastMap = new Map<string, string>();
  #lastLabels: Labels = labelsOf({});

  constructor(options: EntryFlowOptions<Mark>) {
    this.#options = options;
    this.#read = options.start;
    this.#emit = (entry) => this.#write(entry);
  }

  /** Everything before this is written or dropped for good. */
  get read(): Mark {
    return this.#read;
  }

  /** Whether the pipeline holds entries back. */
  get holds(): boolean {
    return this.#held.length > 0;
  }

  /** Takes the next entry; `mark` is the place behind it. */
  take(entry: CollectedEntry, mark: Mark): void {
    const { pipeline, clock } = this.#options;
    this.counts.lines++;
    pipeline.process(entry, this.#emit);
    const { held } = pipeline;
    if (held === 0) {
      this.#read = mark;
      if (this.#held.length > 0) this.#held = [];
      return;
    }
    this.#held.push(mark);
    if (this.#held.length > held) this.#read = this.#held.splice(0, this.#held.length - held).at(-1) as Mark;
    this.#takenAt = clock.monotonic();
    this.#timer ??= clock.after(pipeline.holdMs, () => this.#release());
  }

  /** Moves on over something that is no entry: an empty stretch, a line that was passed over. */
  pass(mark: Mark): void {
    if (this.#held.length === 0) this.#read = mark;
    else this.#held[this.#held.length - 1] = mark;
  }

  /** Begins anew at another place: the source is another one from here on. Nothing may be held. */
  restart(mark: Mark): void {
    this.#read = mark;
  }

  /** Lets out what is held. */
  flush(): void {
    this.#options.pipeline.flush(this.#emit);
    this.#read = this.#held.at(-1) ?? this.#read;
    this.#held = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Ends without letting out what is held: it will be read again. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  rejected(reason: LogRejectReason): void {
    this.counts.rejected.set(reason, (this.counts.rejected.get(reason) ?? 0) + 1);
  }

  #release(): void {
    const { pipeline, clock, onMoved } = this.#options;
    this.#timer = undefined;
    if (this.#held.length === 0) return;
    const left = pipeline.holdMs - (clock.monotonic() - this.#takenAt);
    if (left > 0) {
      this.#timer = clock.after(left, () => this.#release());
      return;
    }
    this.flush();
    onMoved?.();
  }

  #write(entry: CollectedEntry): void {
    const { timestamp, line, attributes } = entry;
    let seconds = timestamp / NANOS;
    let nanoseconds = timestamp % NANOS;
    if (nanoseconds < 0n) {
      seconds -= 1n;
      nanoseconds += NANOS;
    }
    let flat: string[] | undefined;
    if (attributes.size > 0) {
      flat = [];
      for (const [name, value] of attributes) flat.push(name, value);
    }
    this.#options.outlet.write({
      labels: this.#labelsOf(entry.labels),
      seconds: Number(seconds),
      nanoseconds: Number(nanoseconds),
      line,
      attributes: flat,
      reporter: this,
    });
  }

  /** The set as labels; nearly always those of the entry before. */
  #labelsOf(map: Map<string, string>): Labels {
    let same = map.size === this.#lastMap.size;
    if (same) {
      for (const [name, value] of map) {
        if (this.#lastMap.get(name) === value) continue;
        same = false;
        break;
      }
    }
    if (!same) {
      this.#lastMap = new Map(map);
      this.#lastLabels = labelsOf(map);
    }
    return this.#lastLabels;
  }
}
