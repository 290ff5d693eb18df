/** Collects the lines of one request as the columns of a log batch. */

import { encodeLogBatch, type LogBatch, type LogOriginDetails, SIGNAL } from '@atalaya/journal';
import type { Labels } from '@atalaya/model';
import type { LineFields, LogAppender, LogAppenderOptions, LogRejectReason, OriginRef } from '../log-writer.ts';
import type { SharedLogState } from './create-log-writer.ts';
import { levelOfSeverity, levelOfValue } from './level-words.ts';
import { attributeKind, spanIdOf, traceIdOf } from './line-scanner.ts';
import type { LogColumns } from './log-columns.ts';
import type { KnownStream } from './stream-registry.ts';
import type { TextColumn } from '../columns/text-column.ts';

/** The last second that fits into the tables' times. */
const LAST_SECOND = 0xffff_ffff;
const NO_ATTRIBUTES: readonly string[] = [];
/** Up to so many attributes are compared with each other. */
const FEW_ATTRIBUTES = 16;
/** The attribute that marks a line that was cut: the length it had, in bytes. */
const TRUNCATED = 'truncated';

interface Origin {
  readonly stream: KnownStream;
  readonly details: LogOriginDetails | undefined;
}

/** See {@link LogAppender}. */
export class BatchLogAppender implements LogAppender {
  readonly #shared: SharedLogState;
  readonly #options: LogAppenderOptions;
  /** What is collected; undefined while there is nothing, so that the memory is for others. */
  #collected: LogColumns | undefined;
  #origins: Origin[] = [];
  #plain = new Map<KnownStream, OriginRef>();
  #truncated = 0;
  /** Bounds of the times that are taken, seconds. */
  #oldest = 0;
  #newest = 0;

  constructor(shared: SharedLogState, options: LogAppenderOptions) {
    this.#shared = shared;
    this.#options = options;
  }

  get pending(): number {
    return this.#collected?.rows.rows ?? 0;
  }

  get pendingBytes(): number {
    const columns = this.#collected;
    return columns === undefined ? 0 : columns.bodies.length + columns.names.length + columns.values.length;
  }

  origin(labels: Labels, details?: LogOriginDetails): OriginRef | LogRejectReason {
    const stream = this.#shared.streams.find(labels);
    if (typeof stream === 'string') return stream;
    const known = details === undefined ? this.#plain.get(stream) : undefined;
    if (known !== undefined) return known;
    const ref = this.#origins.push({ stream, details }) - 1;
    if (details === undefined) this.#plain.set(stream, ref);
    return ref;
  }

  line(
    origin: OriginRef,
    seconds: number,
    nanoseconds: number,
    text: string | Uint8Array,
    fields: LineFields = {},
  ): 'written' | LogRejectReason {
    const refusal = this.#checkTime(seconds) ?? this.#add(origin, text, fields);
    if (refusal !== undefined) {
      this.#shared.counters.rejected[refusal]++;
      return refusal;
    }
    const { rows } = this.#columns;
    rows.setTime(seconds, nanoseconds);
    rows.origins[rows.rows] = origin;
    rows.rows++;
    return 'written';
  }

  async commit(note?: Uint8Array): Promise<void> {
    const columns = this.#collected;
    if (columns === undefined || columns.rows.rows === 0) {
      this.discard();
      return;
    }
    const { counters, journal } = this.#shared;
    const lines = columns.rows.rows;
    const bytes = columns.bodies.length;
    const truncated = this.#truncated;
    const payload = encodeLogBatch({ ...this.#batch(columns), ...(note === undefined ? {} : { note }) });
    this.discard();
    await journal.append(SIGNAL.logs, lines, payload);
    counters.linesWritten += lines;
    counters.bytesWritten += bytes;
    counters.linesTruncated += truncated;
  }

  discard(): void {
    if (this.#collected !== undefined) this.#shared.columns.giveBack(this.#collected);
    this.#collected = undefined;
    this.#origins = [];
    this.#plain = new Map();
    this.#truncated = 0;
  }

  get #columns(): LogColumns {
    this.#collected ??= this.#shared.columns.take();
    return this.#collected;
  }

  #checkTime(seconds: number): LogRejectReason | undefined {
    // The bounds are those of the moment in which a batch begins: an appender may rest for hours between two.
    if (this.#collected === undefined) this.#setBounds();
    if (seconds < this.#oldest) return 'too_old';
    // Written this way round, so that what is no number is refused.
    return seconds <= this.#newest ? undefined : 'too_far_in_future';
  }

  #setBounds(): void {
    const { clock, limits } = this.#shared;
    const now = clock.now();
    this.#oldest = Math.max(0, (now - limits.retentionMs) / 1000);
    this.#newest = Math.min(LAST_SECOND, (now + limits.maxFutureMs) / 1000);
  }

  /** Adds text, attributes and what is found in them; a reason, and nothing, when they are beyond the limits. */
  #add(origin: OriginRef, text: string | Uint8Array, fields: LineFields): LogRejectReason | undefined {
    const { limits } = this.#shared;
    const { truncates } = this.#options;
    const given = distinct(fields.attributes ?? NO_ATTRIBUTES);
    const tooMany = given.length / 2 > limits.attributes || bytesOf(given) > limits.attributeBytes;
    if (tooMany && !truncates) return 'attribute_limit';
    const attributes = tooMany ? [...firstOf(given, limits.attributes - 1, limits.attributeBytes)] : given;

    const columns = this.#columns;
    const { rows, bodies, names, values } = columns;
    const before = bodies.length;
    rows.reserve();
    bodies.push(text);
    const length = bodies.end - bodies.start;
    let cut = false;
    if (length > limits.lineBytes) {
      const long = bodies.buffer.slice(bodies.start, bodies.start + borderBefore(bodies.buffer, bodies.start, limits.lineBytes));
      bodies.truncate(before);
      if (!truncates) return 'line_too_long';
      bodies.push(long);
      cut = true;
    }
    if (cut || tooMany) this.#truncated++;

    let count = attributes.length / 2;
    for (let i = 0; i < attributes.length; i += 2) {
      names.push(attributes[i] as string);
      values.push(attributes[i + 1] as string);
    }
    if (cut || tooMany) {
      names.push(TRUNCATED);
      values.push(String(length));
      count++;
    }
    rows.attributes[rows.rows] = count;
    this.#describe(columns, this.#origins[origin] as Origin, fields, attributes);
    return undefined;
  }

  /** Level, trace and severity of the row that is being added. */
  #describe(columns: LogColumns, { stream }: Origin, fields: LineFields, attributes: readonly string[]): void {
    const { severityNumber = 0, severityText = '', traceFlags = 0 } = fields;
    let { traceId = '', spanId = '' } = fields;
    let level = levelOfSeverity(severityNumber) || (severityText === '' ? 0 : levelOfValue(severityText));
    for (let i = 0; i < attributes.length; i += 2) {
      const kind = attributeKind(attributes[i] as string);
      if (kind === undefined) continue;
      const value = attributes[i + 1] as string;
      if (kind === 'level') level ||= levelOfValue(value);
      else if (kind === 'trace') traceId ||= traceIdOf(value);
      else spanId ||= spanIdOf(value);
    }
    level ||= stream.level;
    if (level === 0 || traceId === '') {
      const { bodies, scanner } = columns;
      scanner.scan(bodies.buffer, bodies.start, bodies.end);
      level ||= scanner.level;
      if (traceId === '' && scanner.traceId !== '') {
        ({ traceId } = scanner);
        spanId ||= scanner.spanId;
      }
    }
    const { rows } = columns;
    rows.levels[rows.rows] = level;
    rows.severities[rows.rows] = severityNumber;
    rows.flags[rows.rows] = traceFlags;
    pushShort(columns.traceIds, traceId);
    pushShort(columns.spanIds, spanId);
    pushShort(columns.severities, severityText);
  }

  #batch(columns: LogColumns): LogBatch {
    const { rows } = columns.rows;
    const origins = this.#origins;
    let end = 0;
    const ends = Uint32Array.from(origins, ({ stream }) => (end += stream.canonical.length));
    const labels = new Uint8Array(end);
    const fingerprints = new Uint32Array(origins.length * 2);
    origins.forEach(({ stream }, i) => {
      labels.set(stream.canonical, i === 0 ? 0 : ends[i - 1]);
      fingerprints[i * 2] = stream.low;
      fingerprints[i * 2 + 1] = stream.high;
    });
    const { times } = columns.rows;
    return {
      rows,
      repetitionsDropped: this.#options.mayRepeat,
      origins: { count: origins.length, fingerprints, ends, labels, details: origins.map(({ details }) => details ?? null) },
      rowOrigins: columns.rows.origins.subarray(0, rows),
      timestamps: new BigInt64Array(times.buffer, times.byteOffset, rows),
      levels: columns.rows.levels.subarray(0, rows),
      severityNumbers: columns.rows.severities.subarray(0, rows),
      traceFlags: columns.rows.flags.subarray(0, rows),
      bodies: columns.bodies.view(),
      traceIds: columns.traceIds.view(),
      spanIds: columns.spanIds.view(),
      severityTexts: columns.severities.view(),
      attributeCounts: columns.rows.attributes.subarray(0, rows),
      attributeNames: columns.names.view(),
      attributeValues: columns.values.view(),
    };
  }
}

function pushShort(column: TextColumn, text: string): void {
  if (text === '') column.pushEmpty();
  else column.push(text);
}

/** Without those without a name, and of equal names the last one only. */
function distinct(attributes: readonly string[]): readonly string[] {
  if (attributes.length <= FEW_ATTRIBUTES * 2 && areDistinct(attributes)) return attributes;
  const byName = new Map<string, string>();
  for (let i = 0; i < attributes.length; i += 2) byName.set(attributes[i] as string, attributes[i + 1] as string);
  byName.delete('');
  return byName.size * 2 === attributes.length ? attributes : [...byName].flat();
}

/** Whether all have names, and no two the same. For a few this is faster than a map. */
function areDistinct(attributes: readonly string[]): boolean {
  for (let i = 0; i < attributes.length; i += 2) {
    const name = attributes[i] as string;
    if (name === '') return false;
    for (let j = 0; j < i; j += 2) if (attributes[j] === name) return false;
  }
  return true;
}

function bytesOf(attributes: readonly string[]): number {
  let units = 0;
  for (const text of attributes) units += text.length;
  return units;
}

/** As many of the first attributes as the limits allow. */
function firstOf(attributes: readonly string[], count: number, bytes: number): readonly string[] {
  let taken = 0;
  let sum = 0;
  while (taken < count && taken * 2 < attributes.length) {
    sum += (attributes[taken * 2] as string).length + (attributes[taken * 2 + 1] as string).length;
    if (sum > bytes) break;
    taken++;
  }
  return attributes.slice(0, taken * 2);
}

/** The greatest length up to a limit at which UTF-8 can be cut without splitting a character. */
function borderBefore(bytes: Uint8Array, start: number, limit: number): number {
  let length = limit;
  while (length > 0 && limit - length < 4 && ((bytes[start + length] as number) & 0xc0) === 0x80) length--;
  return length;
}
