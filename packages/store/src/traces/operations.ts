/** Services and their operations: in memory to be told at once, in a small table to be known again after a restart. */

import { type Hash64, hashBytes, type Operation, type OperationsRequest, type SpanKind, type TimeBounds } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { stringColumn } from '../native/block.ts';
import { lazyText, readLazily } from '../native/lazy.ts';
import { sql, type Sql } from '../sql.ts';
import { kindNumber, SPAN_KINDS } from './kinds.ts';
import { spanHourOf } from './span-time.ts';

/** How many are remembered; whatever is beyond a limit is known by its service alone, or not at all. */
export interface OperationLimits {
  readonly services: number;
  readonly operationsOfService: number;
  readonly operations: number;
}

export const DEFAULT_OPERATION_LIMITS: OperationLimits = { services: 10_000, operationsOfService: 5000, operations: 50_000 };

interface KnownOperation {
  readonly service: string;
  readonly name: string;
  /** OTLP's number of the kind; {@link OTHERS} for what is beyond the limits. */
  readonly kind: number;
  /** Hours since the epoch. */
  first: number;
  last: number;
}

interface KnownService {
  /** By kind, then by the hash of the name. */
  readonly kinds: Map<number, KnownOperation>[];
  operations: number;
  readonly others: KnownOperation;
}

/** In the place of a kind. */
const OTHERS = SPAN_KINDS.length;

export class Operations {
  readonly #engine: Engine;
  readonly #limits: OperationLimits;
  readonly #services = new Map<string, KnownService>();
  readonly #changed = new Set<KnownOperation>();
  readonly #hash: Hash64 = { low: 0, high: 0 };
  #count = 0;
  #beyondLimits = 0;

  constructor(engine: Engine, limits: OperationLimits) {
    this.#engine = engine;
    this.#limits = limits;
  }

  /** Services and operations that are known. */
  get counts(): { readonly services: number; readonly operations: number } {
    return { services: this.#services.size, operations: this.#count };
  }

  /** How often spans came whose operation is not remembered because there are too many. */
  get beyondLimits(): number {
    return this.#beyondLimits;
  }

  /** Notes that a span of an operation starts in an hour. `name` is called when the operation, told by the hash of its name, is new. */
  note(service: string, kind: number, nameLow: number, nameHigh: number, hour: number, name: () => string): void {
    const known = this.#services.get(service) ?? this.#addService(service);
    if (known === undefined) return;
    const key = (nameHigh & 0x1f_ffff) * 0x1_0000_0000 + nameLow;
    const operation = known.kinds[kind]?.get(key) ?? this.#addOperation(service, known, kind, key, name);
    this.#widen(operation, hour, hour);
  }

  #addService(service: string): KnownService | undefined {
    if (this.#services.size >= this.#limits.services) {
      this.#beyondLimits++;
      return undefined;
    }
    const others = newOperation(service, '', OTHERS);
    const known: KnownService = { kinds: SPAN_KINDS.map(() => new Map<number, KnownOperation>()), operations: 0, others };
    this.#services.set(service, known);
    return known;
  }

  #addOperation(service: string, known: KnownService, kind: number, key: number, name: () => string): KnownOperation {
    if (known.operations >= this.#limits.operationsOfService || this.#count >= this.#limits.operations) {
      this.#beyondLimits++;
      return known.others;
    }
    const operation = newOperation(service, name(), kind);
    known.kinds[kind]?.set(key, operation);
    known.operations++;
    this.#count++;
    return operation;
  }

  #widen(operation: KnownOperation, first: number, last: number): void {
    if (first >= operation.first && last <= operation.last) return;
    operation.first = Math.min(operation.first, first);
    operation.last = Math.max(operation.last, last);
    this.#changed.add(operation);
  }

  /** Puts what changed into the table; repeating it changes nothing. What fails is tried again by the next call. */
  async save(): Promise<void> {
    if (this.#changed.size === 0) return;
    const rows = [...this.#changed];
    this.#changed.clear();
    try {
      await this.#engine.insert('otel_traces_operations', {
        rows: rows.length,
        columns: {
          ServiceName: stringColumn(rows.map(({ service }) => service)),
          SpanName: stringColumn(rows.map(({ name }) => name)),
          SpanKind: stringColumn(rows.map(({ kind }) => SPAN_KINDS[kind]?.[0] ?? '')),
          FirstHour: { kind: 'Int32', values: Int32Array.from(rows, ({ first }) => first) },
          LastHour: { kind: 'Int32', values: Int32Array.from(rows, ({ last }) => last) },
        },
      });
    } catch (error) {
      for (const row of rows) this.#changed.add(row);
      throw error;
    }
  }

  /** Reads what earlier runs knew, and what others wrote into the table of spans. */
  async load(): Promise<void> {
    await this.#read(sql`SELECT ServiceName AS service, SpanName AS name, CAST(SpanKind, 'String') AS kind, toInt64(min(FirstHour)) AS first,
      toInt64(max(LastHour)) AS last FROM otel_traces_operations GROUP BY service, name, kind`);
    this.#changed.clear();
    await this.discover();
  }

  /** Notes the operations of spans that did not come through the journal. */
  async discover(): Promise<void> {
    await this.#read(sql`SELECT CAST(ServiceName, 'String') AS service, CAST(SpanName, 'String') AS name, CAST(SpanKind, 'String') AS kind,
      min(intDiv(toUnixTimestamp64Nano(Timestamp), 3600000000000)) AS first,
      max(intDiv(toUnixTimestamp64Nano(Timestamp), 3600000000000)) AS last
      FROM otel_traces WHERE Batch = 0 GROUP BY service, name, kind`);
    await this.save();
  }

  async #read(statement: Sql): Promise<void> {
    for (const block of readLazily((await this.#engine.query(statement)).bytes)) {
      const services = block.column('service', 'String');
      const names = block.column('name', 'String');
      const kinds = block.column('kind', 'String');
      const [firsts, lasts] = [block.column('first', 'Int64'), block.column('last', 'Int64')];
      for (let row = 0; row < block.rows; row++) {
        const service = lazyText(services, row);
        const known = this.#services.get(service) ?? this.#addService(service);
        if (known === undefined) continue;
        const stored = lazyText(kinds, row);
        const range = [Number(firsts[row]), Number(lasts[row])] as const;
        if (stored === '') {
          this.#widen(known.others, ...range);
          continue;
        }
        hashBytes(names.bytes, names.starts[row] as number, names.ends[row] as number, 0, this.#hash);
        const key = (this.#hash.high & 0x1f_ffff) * 0x1_0000_0000 + this.#hash.low;
        const kind = kindNumber(stored);
        const operation = known.kinds[kind]?.get(key) ?? this.#addOperation(service, known, kind, key, () => lazyText(names, row));
        this.#widen(operation, ...range);
      }
    }
  }

  /** Forgets what has no spans from an hour on. */
  async removeBefore(hour: number): Promise<void> {
    let removed = false;
    for (const [service, known] of this.#services) {
      for (const operations of known.kinds) {
        for (const [key, operation] of operations) {
          if (operation.last >= hour) continue;
          operations.delete(key);
          this.#changed.delete(operation);
          known.operations--;
          this.#count--;
          removed = true;
        }
      }
      if (known.operations === 0 && known.others.last < hour) this.#services.delete(service);
    }
    if (removed) await this.#engine.execute(sql`DELETE FROM otel_traces_operations WHERE LastHour < ${hour}`);
  }

  /** Names of services that have spans in the hours of a range, sorted. */
  services(range: TimeBounds): string[] {
    const [from, to] = hoursOf(range);
    return [...this.#services.entries()]
      .filter(
        ([name, { kinds, others }]) => name !== '' && (overlaps(others, from, to) || kinds.some((kind) => anyOverlaps(kind, from, to))),
      )
      .map(([name]) => name)
      .sort(compareBytes);
  }

  /** Operations that have spans in the hours of a range, sorted by name and kind. */
  operations({ service, kind, ...range }: OperationsRequest): Operation[] {
    const [from, to] = hoursOf(range);
    const found = new Map<string, Operation>();
    const services = service === undefined ? [...this.#services.values()] : [this.#services.get(service)];
    for (const known of services) {
      for (const operations of known?.kinds ?? []) {
        for (const operation of operations.values()) {
          const of = kindOf(operation.kind);
          if ((kind !== undefined && of !== kind) || !overlaps(operation, from, to)) continue;
          found.set(`${of} ${operation.name}`, { name: operation.name, kind: of });
        }
      }
    }
    return [...found.values()].sort((a, b) => compareBytes(a.name, b.name) || compareBytes(a.kind, b.kind));
  }
}

function newOperation(service: string, name: string, kind: number): KnownOperation {
  return { service, name, kind, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
}

function kindOf(number: number): SpanKind {
  return SPAN_KINDS[number]?.[1] ?? 'unspecified';
}

/** The first and the last hour of a range. */
function hoursOf({ start, end }: TimeBounds): [from: number, to: number] {
  return [spanHourOf(start), spanHourOf(end - 1n)];
}

function overlaps({ first, last }: KnownOperation, from: number, to: number): boolean {
  return first <= to && last >= from;
}

function anyOverlaps(operations: ReadonlyMap<number, KnownOperation>, from: number, to: number): boolean {
  for (const operation of operations.values()) if (overlaps(operation, from, to)) return true;
  return false;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
