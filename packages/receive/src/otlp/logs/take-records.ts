/** Turns log records into lines: streams, attributes and times as Loki 3 maps them; counts what was refused and why. */

import { type Clock, discoverServiceName, labelsOf, NO_LABELS, OTLP_INDEX_ATTRIBUTES, otlpLabelName, SERVICE_NAME } from '@atalaya/model';
import type { LogOriginDetails } from '@atalaya/journal';
import type { LineFields, LogAppender, LogRejectReason, LogWriter, OriginRef } from '../../log-writer.ts';
import { FlatAttributes } from '../flat-attributes.ts';
import { Origin } from '../origin.ts';
import type { Taker } from '../taker.ts';
import { LogRecord } from './log-record.ts';

const MOST_SEVERE = 24;

/** Takes the records of one request. The decoder fills `origin` and `record`, and says when they are whole. */
export class RecordTaker implements Taker<LogRejectReason> {
  readonly origin = new Origin(() => new FlatAttributes());
  readonly record = new LogRecord();
  /** Why records were refused, and how many. */
  readonly refused = new Map<LogRejectReason, number>();
  /** Records in the request so far. */
  records = 0;
  readonly #appender: LogAppender;
  readonly #writer: LogWriter;
  readonly #clock: Clock;
  #ref: OriginRef | LogRejectReason = 'missing_labels';

  constructor(writer: LogWriter, clock: Clock) {
    this.#appender = writer.appender({ mayRepeat: true, truncates: false });
    this.#writer = writer;
    this.#clock = clock;
  }

  /** Resource and scope are known: records of theirs follow. */
  beginRecords(): void {
    const { resource, scope } = this.origin;
    this.#ref = this.#exceeds(resource) || this.#exceeds(scope) ? 'attribute_limit' : this.#open();
  }

  /** The record is whole. It is cleared for the next one. */
  takeRecord(): void {
    this.records++;
    const refusal = this.#refusal();
    if (refusal !== undefined) this.#writer.countRefused(refusal, 1);
    const outcome = refusal ?? this.#write(this.#ref as OriginRef);
    if (outcome !== 'written') this.refused.set(outcome, (this.refused.get(outcome) ?? 0) + 1);
    this.record.clear();
  }

  commit(): Promise<void> {
    return this.#appender.commit();
  }

  discard(): void {
    this.#appender.discard();
  }

  #open(): OriginRef | LogRejectReason {
    const { origin } = this;
    const resourceAttributes = origin.resource.toRecord();
    const labels: [string, string][] = [];
    for (const [name, value] of Object.entries(resourceAttributes)) {
      if (value !== '' && OTLP_INDEX_ATTRIBUTES.has(name)) labels.push([otlpLabelName(name), value]);
    }
    // A stream has at least one label; Loki calls the service of those that tell nothing so.
    if (labels.length === 0) labels.push([SERVICE_NAME, discoverServiceName(NO_LABELS)]);
    if (origin.scopeDropped > 0) origin.scope.add('scope_dropped_attributes_count', String(origin.scopeDropped));
    const details: LogOriginDetails = {
      serviceName: resourceAttributes['service.name'] ?? '',
      resourceSchemaUrl: origin.resourceSchemaUrl,
      resourceAttributes,
      scopeSchemaUrl: origin.scopeSchemaUrl,
      scopeName: origin.scopeName,
      scopeVersion: origin.scopeVersion,
      scopeAttributes: origin.scope.toRecord(),
    };
    return this.#appender.origin(labelsOf(labels), details);
  }

  /** Why the record cannot even be offered to the writer. Makes attributes of what has no field in a line. */
  #refusal(): LogRejectReason | undefined {
    if (typeof this.#ref === 'string') return this.#ref;
    const { attributes, droppedAttributes, eventName, time, observed } = this.record;
    if (droppedAttributes > 0) attributes.add('dropped_attributes_count', String(droppedAttributes));
    if (eventName !== '') attributes.add('event_name', eventName);
    if (time.given && observed.given) attributes.add('observed_timestamp', observed.toString());
    return attributes.tooMany ? 'attribute_limit' : undefined;
  }

  #write(origin: OriginRef): 'written' | LogRejectReason {
    const { record } = this;
    const appender = this.#appender;
    const { time, observed, attributes } = record;
    const fields: LineFields = {
      attributes: attributes.pairs,
      traceFlags: record.flags & 0xff,
      severityNumber: record.severityNumber >= 1 && record.severityNumber <= MOST_SEVERE ? record.severityNumber : 0,
      severityText: record.severityText,
      traceId: record.traceId,
      spanId: record.spanId,
    };
    if (time.given) return appender.line(origin, time.seconds, time.nanoseconds, record.body, fields);
    if (observed.given) return appender.line(origin, observed.seconds, observed.nanoseconds, record.body, fields);
    const now = this.#clock.now();
    const seconds = Math.floor(now / 1000);
    return appender.line(origin, seconds, Math.floor((now - seconds * 1000) * 1e6), record.body, fields);
  }

  #exceeds(attributes: FlatAttributes): boolean {
    const { attributes: most, attributeBytes } = this.#writer.limits;
    return attributes.exceeds(most, attributeBytes);
  }
}
