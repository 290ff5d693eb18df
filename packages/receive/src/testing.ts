/** For tests and benchmarks of this and other rooms, never for the program itself: bodies as senders write them, a journal that remembers. */

export { encodeProtobufPush, encodeSnappyPush, type TestLine, type TestLogStream } from './logs/loki-push/encode-for-tests.ts';
export { JOURNAL_IS_FULL, type RecordedHistogram, type RecordedSample, RecordingJournal } from './metrics/recording-journal.ts';
export {
  encodeV1,
  encodeV2,
  ProtobufWriter,
  requestOf,
  type TestHistogram,
  type TestMetadata,
  type TestSample,
  type TestSeries,
} from './remote-write/encode-for-tests.ts';
export { encodeFamilies, type TestFamily, type TestMetric, type TestMetricHistogram } from './scrape/families-for-tests.ts';
export { bytes as protobufField } from './otlp/encode-for-tests.ts';
export { encodeMetrics } from './otlp/metrics/encode-for-tests.ts';
export { encodeLogs, type TestRecord } from './otlp/logs/encode-for-tests.ts';
export { encodeTraces, type TestSpan } from './otlp/traces/encode-for-tests.ts';
