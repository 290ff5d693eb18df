/**
 * Log lines per CPU-second through the OTLP decoders and the log writer, without journal and network: requests of 500 records with 10 attributes.
 * `node packages/receive/bench/otlp-logs.ts`
 */

import { systemClock } from '@atalaya/model';
import { createLogWriter } from '../src/logs/create-log-writer.ts';
import { textAttribute, type TestAttribute } from '../src/otlp/encode-for-tests.ts';
import { encodeLogs, requestOf, type TestRecord } from '../src/otlp/logs/encode-for-tests.ts';
import { walkLogsJson } from '../src/otlp/logs/logs-json.ts';
import { walkLogsProtobuf } from '../src/otlp/logs/logs-protobuf.ts';
import { RecordTaker } from '../src/otlp/logs/take-records.ts';
import { measureDecoders } from './otlp-decoders.ts';

const RECORDS = 500;

const writer = createLogWriter({ journal: { append: async () => undefined }, clock: systemClock });

function recordOf(i: number): TestRecord {
  const attributes: TestAttribute[] = [
    textAttribute('http.request.method', ['GET', 'POST', 'PUT'][i % 3] as string),
    textAttribute('http.route', `/api/orders/{id}/items`),
    textAttribute('url.path', `/api/orders/${i * 7919}/items`),
    { key: 'http.response.status_code', value: { intValue: String([200, 201, 404, 500][i % 4]) } },
    { key: 'duration_ms', value: { doubleValue: i * 1.37 } },
    textAttribute('client.address', `10.1.${i % 250}.${i % 199}`),
    textAttribute('user.id', `user-${i}`),
    { key: 'cache.hit', value: { boolValue: i % 2 === 0 } },
    textAttribute('code.function', 'handleRequest'),
    textAttribute('thread.name', `worker-${i % 8}`),
  ];
  return {
    timeUnixNano: `${Date.now()}${String(i).padStart(6, '0')}`,
    observedTimeUnixNano: `${Date.now()}${String(i).padStart(6, '0')}`,
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: `GET /api/orders/${i * 7919}/items answered with 200 in ${i} ms for user-${i} from 10.1.${i % 250}.${i % 199}` },
    attributes,
    traceId: (BigInt(i + 1) * 0x1234_5678_9abc_def1n).toString(16).padStart(32, '1').slice(-32),
    spanId: (BigInt(i + 1) * 0x1234_5678_9abcn).toString(16).padStart(16, '1').slice(-16),
    flags: 1,
  };
}

const request = requestOf(
  Array.from({ length: RECORDS }, (_, i) => recordOf(i)),
  [textAttribute('service.name', 'shop'), textAttribute('k8s.pod.name', 'shop-1'), textAttribute('host.name', 'h1')],
);
await measureDecoders({
  record: 'line',
  records: RECORDS,
  protobuf: encodeLogs(request),
  json: JSON.stringify(request),
  open: () => new RecordTaker(writer, systemClock),
  walkProtobuf: walkLogsProtobuf,
  walkJson: walkLogsJson,
});
