/**
 * RED metrics of spans: calls and durations by service, span name, kind and status, named as the OpenTelemetry Collector's spanmetrics connector
 * names them. Sets are found by a hash of what distinguishes them; texts are made of new ones only.
 */

import type { SpanBatch, SpanOrigin } from '@atalaya/journal';
import { otlpLabelName } from '@atalaya/model';
import { KeyIndex } from '../../metrics/key-index.ts';
import { hashRange } from '../../remote-write/keyed-hash.ts';
import { decodeLabelText, labelText, serviceText } from './label-text.ts';
import type { ObservedSpans } from './observed-spans.ts';
import { type SetLabels, SeriesSets, type SetShape } from './series-sets.ts';

/** What the metrics of spans are made by. */
export interface SpanMetricsOptions {
  /** Attributes of spans, or else of resources, that become labels, too; looked for in the first places of {@link ObservedSpans.attributes}. */
  readonly dimensions: readonly string[];
  /** Sets at most; what does not fit is counted by service, kind and status alone. */
  readonly maxSets: number;
}

const SHAPE: SetShape = {
  counters: [{ name: 'traces_spanmetrics_calls_total', help: 'Spans by service, name, kind and status.' }],
  histograms: [{ name: 'traces_spanmetrics_duration_seconds', help: 'Durations of spans by service, name, kind and status.' }],
};

/** Place in OTLP's SpanKind, and in its StatusCode. */
const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUSES = ['UNSET', 'OK', 'ERROR'];

/** The label that marks a series of what did not fit. */
export const OVERFLOW_LABELS: SetLabels = { otel_metric_overflow: 'true' };
/** Services that have series of their own for what does not fit; those of all others share theirs. */
const OVERFLOWING_SERVICES = 100;
/** Labels that are there already. */
const TAKEN = new Set(['service_name', 'span_name', 'span_kind', 'status_code', 'le', 'otel_metric_overflow']);
/** Keys per set before all are forgotten: what is no UTF-8 comes in many forms that read the same. */
const KEYS_PER_SET = 4;
/** Words of a key: service, name, kind and status; then two of each dimension. */
const FIRST_DIMENSION = 5;

/** What all spans of one origin share. */
interface KnownOrigin {
  readonly service: string;
  readonly low: number;
  readonly high: number;
  /** The resource's values of the dimensions, each with two words of its hash. */
  readonly dimensions: readonly (string | undefined)[];
  readonly hashes: Int32Array;
}

export class SpanMetrics {
  readonly sets = new SeriesSets(SHAPE);
  readonly #dimensions: readonly { readonly attribute: string; readonly label: string; readonly place: number }[];
  readonly #maxSets: number;
  readonly #keys = new KeyIndex();
  /** Sets by their labels as text. */
  readonly #byLabels = new Map<string, number>();
  readonly #words: Int32Array;
  readonly #wordsView: DataView;
  readonly #key = new Int32Array(2);
  /** Of each overflowing service (of all further ones together: no name) the slots of what does not fit, by kind and status; -1 where there is none. */
  readonly #overflowSlots = new Map<string, Int32Array>();
  #overflowed = 0;

  constructor({ dimensions, maxSets }: SpanMetricsOptions) {
    const labels = new Set(TAKEN);
    this.#dimensions = dimensions.flatMap((attribute, place) => {
      const label = otlpLabelName(attribute);
      if (label === '' || labels.has(label)) return [];
      labels.add(label);
      return [{ attribute, label, place }];
    });
    this.#maxSets = maxSets;
    this.#words = new Int32Array(FIRST_DIMENSION + this.#dimensions.length * 2);
    this.#wordsView = new DataView(this.#words.buffer);
  }

  /** Spans counted by service, kind and status alone, because there were too many sets. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /**
   * Counts the spans of a batch that are fresh. Rows of which `exemplary` does not say otherwise may become exemplars. `monotonic` and `now` are the
   * clock's times, milliseconds.
   */
  observe(batch: SpanBatch, spans: ObservedSpans, exemplary: ((row: number) => boolean) | undefined, monotonic: number, now: number): void {
    const origins = batch.origins.map((origin) => this.#knownOrigin(origin, spans));
    const { fresh, seconds } = spans;
    for (let row = 0; row < batch.rows; row++) {
      if (fresh[row] === 0) continue;
      const slot = this.#slotOf(batch, row, origins[batch.rowOrigins[row] as number] as KnownOrigin, spans, monotonic);
      this.sets.increment(slot, 0, monotonic);
      const bucket = this.sets.observe(slot, 0, seconds[row] as number);
      if (this.sets.wantsExemplar(slot, bucket) && exemplary?.(row) !== false) {
        const { traceIds, spanIds } = batch;
        this.sets.setExemplar(slot, bucket, { traceIds, spanIds, row, seconds: seconds[row] as number, timestamp: now });
      }
    }
  }

  /** Sets were removed: nothing leads to them any more. */
  forgetRemoved(): void {
    this.#keys.retain((slot) => this.sets.get(slot) !== undefined);
    for (const [text, slot] of this.#byLabels) if (this.sets.get(slot) === undefined) this.#byLabels.delete(text);
    for (const [owner, slots] of this.#overflowSlots) {
      for (const [place, slot] of slots.entries()) if (slot >= 0 && this.sets.get(slot) === undefined) slots[place] = -1;
      if (slots.every((slot) => slot < 0)) this.#overflowSlots.delete(owner);
    }
  }

  #slotOf(batch: SpanBatch, row: number, origin: KnownOrigin, spans: ObservedSpans, monotonic: number): number {
    const words = this.#words;
    const kind = batch.kinds[row] as number;
    const status = batch.statusCodes[row] as number;
    words[0] = origin.low;
    words[1] = origin.high;
    words[2] = spans.nameHashes[row * 2] as number;
    words[3] = spans.nameHashes[row * 2 + 1] as number;
    words[4] = (kind << 8) | status;
    if (this.#dimensions.length > 0) this.#hashDimensions(batch, row, origin, spans);
    hashRange(this.#wordsView, 0, words.byteLength, spans.seed, this.#key, 0);
    const low = this.#key[0] as number;
    const high = this.#key[1] as number;
    const known = this.#keys.find(low, high);
    if (known >= 0) return known;
    if (this.sets.size >= this.#maxSets) {
      // Its labels may read the same as those of a set that there is; but looking for it would make texts of every such span.
      this.#overflowed++;
      return this.#overflowSlot(origin.service, kind, status, monotonic);
    }
    const slot = this.#slotWith(this.#labelsOf(batch, row, origin, spans), monotonic);
    if (this.#keys.size >= this.#maxSets * KEYS_PER_SET) this.#keys.clear();
    this.#keys.set(low, high, slot);
    return slot;
  }

  #hashDimensions(batch: SpanBatch, row: number, origin: KnownOrigin, spans: ObservedSpans): void {
    const { values } = batch.attributes;
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    for (let i = 0; i < this.#dimensions.length; i++) {
      const place = (this.#dimensions[i] as { place: number }).place;
      const start = spans.attributes.start(row, place);
      const at = FIRST_DIMENSION + i * 2;
      if (start >= 0) hashRange(view, start, spans.attributes.end(row, place), spans.seed, this.#words, at);
      else {
        this.#words[at] = origin.hashes[i * 2] as number;
        this.#words[at + 1] = origin.hashes[i * 2 + 1] as number;
      }
    }
  }

  #labelsOf(batch: SpanBatch, row: number, { service, dimensions }: KnownOrigin, spans: ObservedSpans): SetLabels {
    const labels: Record<string, string> = {
      service_name: service,
      span_name: decodeLabelText(batch.names, spans.nameStarts[row] as number, spans.nameEnds[row] as number),
      span_kind: `SPAN_KIND_${KINDS[batch.kinds[row] as number]}`,
      status_code: `STATUS_CODE_${STATUSES[batch.statusCodes[row] as number]}`,
    };
    for (const [i, { label, place }] of this.#dimensions.entries()) {
      const start = spans.attributes.start(row, place);
      const value = start < 0 ? dimensions[i] : decodeLabelText(batch.attributes.values, start, spans.attributes.end(row, place));
      if (value !== undefined && value !== '') labels[label] = value;
    }
    return labels;
  }

  /** What does not fit loses what there may be any number of: the span's name and the dimensions. */
  #overflowSlot(service: string, kind: number, status: number, monotonic: number): number {
    const owner = this.#overflowSlots.has(service) || this.#overflowSlots.size < OVERFLOWING_SERVICES ? service : '';
    let slots = this.#overflowSlots.get(owner);
    if (slots === undefined) this.#overflowSlots.set(owner, (slots = new Int32Array(KINDS.length * STATUSES.length).fill(-1)));
    const place = kind * STATUSES.length + status;
    const known = slots[place] as number;
    if (known >= 0) return known;
    const labels: SetLabels = {
      ...(owner !== '' && { service_name: owner }),
      span_kind: `SPAN_KIND_${KINDS[kind]}`,
      status_code: `STATUS_CODE_${STATUSES[status]}`,
      ...OVERFLOW_LABELS,
    };
    slots[place] = this.#slotWith(labels, monotonic);
    return slots[place];
  }

  #slotWith(labels: SetLabels, monotonic: number): number {
    const text = JSON.stringify(labels);
    const known = this.#byLabels.get(text);
    if (known !== undefined) return known;
    const slot = this.sets.add(labels, monotonic);
    this.#byLabels.set(text, slot);
    return slot;
  }

  #knownOrigin({ serviceName, resource }: SpanOrigin, { seed }: ObservedSpans): KnownOrigin {
    const hash = new Int32Array(2);
    hashText(serviceName, seed, hash, 0);
    const hashes = new Int32Array(this.#dimensions.length * 2);
    const dimensions = this.#dimensions.map(({ attribute }, i) => {
      const place = resource.names.indexOf(attribute);
      if (place < 0) return undefined;
      const value = resource.values[place] as string;
      hashText(value, seed, hashes, i * 2);
      return labelText(value);
    });
    return { service: serviceText(serviceName), low: hash[0] as number, high: hash[1] as number, dimensions, hashes };
  }
}

function hashText(text: string, seed: ObservedSpans['seed'], out: Int32Array, at: number): void {
  const bytes = Buffer.from(text);
  hashRange(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength, seed, out, at);
}
