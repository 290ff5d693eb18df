/**
 * The streams: an index in memory of their labels and days, and the tables that it is loaded from. All have the label `service_name`: it is
 * discovered where the sender does not give it. The fingerprint is that of the labels as they were given.
 */

import type { LogOrigins } from '@atalaya/journal';
import {
  decodeLabels,
  encodeLabels,
  formatLabels,
  type Hash64,
  hashBytes,
  type Labels,
  labelValue,
  type Logger,
  SERVICE_NAME,
  withoutServiceName,
  withServiceName,
} from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { activityRows, definitionRows, type IndexTables, loadIndex } from '../metrics/series-rows.ts';
import { type NativeBlock, stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { SeriesIndex } from '../series-index/series-index.ts';
import { fragment, identifier, sql, uint64List } from '../sql.ts';

/** Stands for the slot of a stream that was refused, because another one has its fingerprint. */
export const REFUSED_STREAM = 0xffff_ffff;

const TABLES: IndexTables = { definitions: 'log_streams', activity: 'log_stream_activity' };

const OTLP_TABLE = 'log_otlp_streams';

export class Streams {
  readonly index = new SeriesIndex();
  readonly #engine: Engine;
  readonly #log: Logger;
  /** In the index, but not in the tables yet. */
  #undefined = new Set<number>();
  #unsavedActivity = new Set<number>();
  readonly #labels = new Map<number, Labels>();
  readonly #given = new Map<number, Labels>();
  /** Streams that have lines which came by OTLP, and those of them that the table does not know. */
  readonly #otlp = new Set<number>();
  #unsavedOtlp = new Set<number>();
  #collisions = 0;

  constructor(engine: Engine, log: Logger) {
    this.#engine = engine;
    this.#log = log;
  }

  /** Streams that were refused since the start. */
  get collisions(): number {
    return this.#collisions;
  }

  async load(): Promise<void> {
    await loadIndex(this.#engine, this.index, TABLES);
    for (const block of readNative((await this.#engine.query(sql`SELECT DISTINCT fingerprint FROM ${identifier(OTLP_TABLE)}`)).bytes)) {
      const { words } = column(block, 'fingerprint', 'UInt64');
      for (let row = 0; row < block.rows; row++) {
        const slot = this.index.slotOf(words[row * 2] as number, words[row * 2 + 1] as number);
        if (slot >= 0) this.#otlp.add(slot);
      }
    }
  }

  /**
   * Makes streams known of lines that somebody else, such as an OpenTelemetry Collector, put into the table: those of a service are the stream
   * `{service_name="…"}`. They are not written down, but looked for again.
   */
  async discover(): Promise<void> {
    const day = fragment(sql`toInt32(intDiv(toUnixTimestamp64Nano(Timestamp), 86400000000000))`);
    const { bytes } = await this.#engine.query(
      sql`SELECT StreamId AS id, CAST(ServiceName, 'String') AS service, min(${day}) AS first, max(${day}) AS last
        FROM otel_logs WHERE Batch = 0 GROUP BY id, service`,
    );
    for (const block of readNative(bytes)) {
      const { words } = column(block, 'id', 'UInt64');
      const services = column(block, 'service', 'String');
      const [first, last] = [column(block, 'first', 'Int32').values, column(block, 'last', 'Int32').values];
      for (let row = 0; row < block.rows; row++) {
        const service = stringAt(services, row);
        const labels = encodeLabels(withServiceName(service === '' ? [] : [SERVICE_NAME, service]));
        this.index.begin();
        this.index.labelsOf(labels, 0, labels.length);
        if (this.index.commit(words[row * 2] as number, words[row * 2 + 1] as number) === 'collision') continue;
        const slot = this.index.lastSlot;
        this.index.touch(slot, first[row] as number);
        this.index.touch(slot, last[row] as number);
        this.#otlp.add(slot);
      }
    }
  }

  /** Whether a stream has had lines that came by OTLP: those of all others have no labels but their attributes. */
  isOtlp(slot: number): boolean {
    return this.#otlp.has(slot);
  }

  /** The slots of origins' streams, or {@link REFUSED_STREAM}. Streams that nobody had used before become known. */
  register(origins: LogOrigins): Uint32Array {
    const slots = new Uint32Array(origins.count);
    let start = 0;
    for (let i = 0; i < origins.count; i++) {
      const end = origins.ends[i] as number;
      const [low, high] = [origins.fingerprints[i * 2] as number, origins.fingerprints[i * 2 + 1] as number];
      const slot = this.#register(origins.labels, start, end, low, high);
      slots[i] = slot;
      if (origins.details[i] !== null && slot !== REFUSED_STREAM && !this.#otlp.has(slot)) {
        this.#otlp.add(slot);
        this.#unsavedOtlp.add(slot);
      }
      start = end;
    }
    return slots;
  }

  #register(labels: Uint8Array, start: number, end: number, low: number, high: number): number {
    const { index } = this;
    const given = decodeLabels(labels.subarray(start, end));
    const complete = withServiceName(given);
    const canonical = complete === given ? labels.subarray(start, end) : encodeLabels(complete);
    index.begin();
    index.labelsOf(canonical, 0, canonical.length);
    const outcome = index.commit(low, high);
    if (outcome === 'collision') {
      this.#collisions++;
      this.#log.error({ labels: formatLabels(given) }, 'log stream refused: another one has the same fingerprint');
      return REFUSED_STREAM;
    }
    if (outcome !== 'known') this.#undefined.add(index.lastSlot);
    return index.lastSlot;
  }

  /** Notes that a stream has lines on a day. */
  touch(slot: number, day: number): void {
    if (!this.index.touch(slot, day)) return;
    this.#unsavedActivity.add(slot);
    if (this.index.revive(slot)) this.#undefined.add(slot);
  }

  /** Writes what the tables do not know yet, before the lines: a crash never leaves lines without a stream. Gives the number of new streams. */
  async save(): Promise<number> {
    const defined = [...this.#undefined];
    const active = [...this.#unsavedActivity];
    const otlp = [...this.#unsavedOtlp];
    // Batches that are taken in meanwhile begin new lists: what they add is not on disk with these.
    this.#undefined = new Set();
    this.#unsavedActivity = new Set();
    this.#unsavedOtlp = new Set();
    try {
      if (defined.length > 0) await this.#engine.insert(TABLES.definitions, definitionRows(this.index, defined));
      if (active.length > 0) await this.#engine.insert(TABLES.activity, activityRows(this.index, active));
      if (otlp.length > 0) await this.#engine.insert(OTLP_TABLE, otlpRows(this.index, otlp));
    } catch (error) {
      for (const slot of defined) this.#undefined.add(slot);
      for (const slot of active) this.#unsavedActivity.add(slot);
      for (const slot of otlp) this.#unsavedOtlp.add(slot);
      throw error;
    }
    return defined.length;
  }

  /**
   * Takes streams out of every answer and out of the tables; gives how many. One that is used again meanwhile stays. Not while lines are put
   * into the table.
   */
  async remove(slots: readonly number[]): Promise<number> {
    if (slots.length === 0) return 0;
    const { index } = this;
    const days = slots.map((slot) => [index.firstDay(slot), index.lastDay(slot)] as const);
    const ids = uint64List(Uint32Array.from(slots.flatMap((slot) => [index.idLow(slot), index.idHigh(slot)])));
    const own = uint64List(Uint32Array.from(slots.flatMap((slot) => [index.idLow(slot), index.fpHigh(slot)])));
    await this.#engine.execute(sql`DELETE FROM ${identifier(TABLES.activity)} WHERE id IN (${ids})`);
    await this.#engine.execute(sql`DELETE FROM ${identifier(OTLP_TABLE)} WHERE fingerprint IN (${own})`);
    await this.#engine.execute(sql`DELETE FROM ${identifier(TABLES.definitions)} WHERE id IN (${ids})`);
    let removed = 0;
    slots.forEach((slot, i) => {
      const used = index.firstDay(slot) !== days[i]?.[0] || index.lastDay(slot) !== days[i]?.[1];
      if (used) {
        this.#undefined.add(slot);
        this.#unsavedActivity.add(slot);
        if (this.#otlp.has(slot)) this.#unsavedOtlp.add(slot);
        return;
      }
      index.remove(slot);
      this.#labels.delete(slot);
      this.#given.delete(slot);
      this.#otlp.delete(slot);
      removed++;
    });
    return removed;
  }

  /** The labels of a stream, `service_name` always among them, one object for as long as the stream is there. */
  labels(slot: number): Labels {
    let labels = this.#labels.get(slot);
    if (labels === undefined) this.#labels.set(slot, (labels = this.index.labels(slot)));
    return labels;
  }

  /** The labels that the sender gave: without `service_name` where it was discovered. */
  given(slot: number): Labels {
    let given = this.#given.get(slot);
    if (given === undefined) this.#given.set(slot, (given = this.#withoutDiscovered(slot)));
    return given;
  }

  /** Canonical forms of the labels of streams, one after the other: those of `slots[i]` end at `ends[i]`. */
  forms(slots: Uint32Array, discovered: boolean): { readonly ends: Uint32Array<ArrayBuffer>; readonly labels: Uint8Array<ArrayBuffer> } {
    const forms = Array.from(slots, (slot) => encodeLabels(discovered ? this.labels(slot) : this.given(slot)));
    let length = 0;
    const ends = Uint32Array.from(forms, (form) => (length += form.length));
    const labels = new Uint8Array(length);
    forms.forEach((form, i) => labels.set(form, (ends[i] as number) - form.length));
    return { ends, labels };
  }

  #withoutDiscovered(slot: number): Labels {
    const complete = this.labels(slot);
    if (labelValue(complete, SERVICE_NAME) === '') return complete;
    // The fingerprint is that of the labels as they were given.
    const others = withoutServiceName(complete);
    const canonical = encodeLabels(others);
    const hash: Hash64 = { low: 0, high: 0 };
    hashBytes(canonical, 0, canonical.length, 0, hash);
    return hash.low === this.index.idLow(slot) && hash.high === this.index.fpHigh(slot) ? others : complete;
  }
}

function otlpRows(index: SeriesIndex, slots: readonly number[]): NativeBlock {
  const words = Uint32Array.from(slots.flatMap((slot) => [index.idLow(slot), index.fpHigh(slot)]));
  return { rows: slots.length, columns: { fingerprint: { kind: 'UInt64', words } } };
}
