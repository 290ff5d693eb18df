/** What the log writer takes when nobody says otherwise. */

import type { LogLimits } from '../log-writer.ts';

export const DEFAULT_LOG_LIMITS: LogLimits = {
  streams: 100_000,
  labels: 64,
  labelNameBytes: 1024,
  labelValueBytes: 16_384,
  lineBytes: 1_048_576,
  attributes: 2000,
  attributeBytes: 262_144,
  retentionMs: 15 * 86_400_000,
  maxFutureMs: 3_600_000,
};
