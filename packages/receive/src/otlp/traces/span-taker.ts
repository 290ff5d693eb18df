/** Takes the spans of one OTLP request: a collector whose origins the decoders fill. */

import type { SpanOrigin } from '@atalaya/journal';
import type { SpanRejectReason } from '../../span-writer.ts';
import { SpanCollector, type SpanCollectors } from '../../traces/span-collector.ts';
import { Origin } from '../origin.ts';
import type { Taker } from '../taker.ts';
import { TypedAttributes } from '../typed-attributes.ts';

/** See {@link Taker}. */
export class SpanTaker extends SpanCollector implements Taker<SpanRejectReason> {
  readonly origin = new Origin(() => new TypedAttributes());
  readonly #most: number;
  readonly #mostBytes: number;

  constructor(collectors: SpanCollectors) {
    super(collectors);
    ({ attributes: this.#most, attributeBytes: this.#mostBytes } = collectors.writer.limits);
  }

  beginRecords(): void {
    const { resource, scope } = this.origin;
    const exceeds = [resource, scope].some((attributes) => attributes.exceeds(this.#most, this.#mostBytes));
    this.setOrigin(exceeds ? undefined : this.#spanOrigin());
  }

  #spanOrigin(): SpanOrigin {
    const { origin } = this;
    const resource = origin.resource.toList();
    return {
      serviceName: resource.values[resource.names.lastIndexOf('service.name')] ?? '',
      resourceSchemaUrl: origin.resourceSchemaUrl,
      resource,
      resourceDropped: origin.resourceDropped,
      scopeSchemaUrl: origin.scopeSchemaUrl,
      scopeName: origin.scopeName,
      scopeVersion: origin.scopeVersion,
      scope: origin.scope.toList(),
      scopeDropped: origin.scopeDropped,
    };
  }
}
