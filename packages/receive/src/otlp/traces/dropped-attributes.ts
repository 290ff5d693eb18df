/** How many attributes the sender of an event or link had dropped: OTLP has a field for it, batches of spans have not, so it becomes an attribute. */

import { ATTRIBUTE_TYPE } from '@atalaya/model';
import type { AttributeColumn } from '../../traces/attribute-column.ts';

/** The name by which OpenTelemetry's exporters tell it to systems that have no field for it. */
const DROPPED_ATTRIBUTES_COUNT = 'otel.dropped_attributes_count';

/** Adds the attribute where any were dropped. */
export function noteDropped(count: number, into: AttributeColumn): void {
  if (count > 0) into.add(DROPPED_ATTRIBUTES_COUNT, String(count), ATTRIBUTE_TYPE.int);
}
