/** ExportMetricsServiceRequest as protobuf, walked in place (opentelemetry/proto/collector/metrics/v1). */

import { walkProtobuf } from '../walk-protobuf.ts';
import { MetricReader } from './metric-reader.ts';
import type { PointTaker } from './point-taker.ts';

/** Hands every point to the taker; gives the taker. @throws AtalayaError BAD_ENCODING */
export function walkMetricsProtobuf(body: Uint8Array, taker: PointTaker): Generator<undefined, PointTaker> {
  return walkProtobuf(body, taker, (cursor, values) => {
    const reader = new MetricReader(cursor, values, taker);
    return (end) => reader.read(end);
  });
}
