/**
 * Spans per CPU-second through the OTLP decoders and the span writer, without journal and network: requests of 512 spans with 20 attributes.
 * `node packages/receive/bench/otlp-traces.ts`
 */

import { systemClock } from '@atalaya/model';
import { textAttribute, type TestAttribute } from '../src/otlp/encode-for-tests.ts';
import { encodeTraces, requestOf, type TestSpan } from '../src/otlp/traces/encode-for-tests.ts';
import { SpanTaker } from '../src/otlp/traces/span-taker.ts';
import { walkTracesJson } from '../src/otlp/traces/traces-json.ts';
import { walkTracesProtobuf } from '../src/otlp/traces/traces-protobuf.ts';
import { createSpanWriter } from '../src/traces/create-span-writer.ts';
import { SpanCollectors } from '../src/traces/span-collector.ts';
import { measureDecoders } from './otlp-decoders.ts';

const SPANS = 512;

const writer = createSpanWriter({ journal: { append: async () => undefined } });
const collectors = new SpanCollectors(writer, systemClock);

function spanOf(i: number): TestSpan {
  const int = (key: string, value: number): TestAttribute => ({ key, value: { intValue: String(value) } });
  const attributes: TestAttribute[] = [
    textAttribute('http.request.method', ['GET', 'POST', 'PUT'][i % 3] as string),
    textAttribute('http.route', '/api/orders/{id}/items'),
    textAttribute('url.path', `/api/orders/${i * 7919}/items`),
    textAttribute('url.scheme', 'https'),
    int('http.response.status_code', [200, 201, 404, 500][i % 4] as number),
    int('http.response.body.size', i * 977),
    textAttribute('server.address', 'orders.shop.svc.cluster.local'),
    int('server.port', 8443),
    textAttribute('client.address', `10.1.${i % 250}.${i % 199}`),
    int('client.port', 30_000 + (i % 20_000)),
    textAttribute('network.protocol.version', '1.1'),
    textAttribute('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'),
    textAttribute('enduser.id', `user-${i}`),
    textAttribute('thread.name', `worker-${i % 8}`),
    int('thread.id', i % 8),
    textAttribute('code.function.name', 'com.example.shop.OrderController.items'),
    { key: 'cache.hit', value: { boolValue: i % 2 === 0 } },
    { key: 'order.total', value: { doubleValue: i * 1.37 } },
    textAttribute('order.currency', 'EUR'),
    textAttribute('deployment.slot', 'blue'),
  ];
  return {
    traceId: (BigInt(i + 1) * 0x1234_5678_9abc_def1n).toString(16).padStart(32, '1').slice(-32),
    spanId: (BigInt(i + 1) * 0x1234_5678_9abcn).toString(16).padStart(16, '1').slice(-16),
    parentSpanId: (BigInt(i + 2) * 0x1234_5678_9abcn).toString(16).padStart(16, '1').slice(-16),
    name: `GET /api/orders/{id}/items`,
    kind: 2,
    startTimeUnixNano: `${Date.now()}${String(i).padStart(6, '0')}`,
    endTimeUnixNano: `${Date.now() + 20}${String(i).padStart(6, '0')}`,
    attributes,
    status: {},
    flags: 257,
  };
}

const request = requestOf(
  Array.from({ length: SPANS }, (_, i) => spanOf(i)),
  [textAttribute('service.name', 'shop'), textAttribute('k8s.pod.name', 'shop-1'), textAttribute('host.name', 'h1')],
);
await measureDecoders({
  record: 'span',
  records: SPANS,
  protobuf: encodeTraces(request),
  json: JSON.stringify(request),
  open: () => new SpanTaker(collectors),
  walkProtobuf: walkTracesProtobuf,
  walkJson: walkTracesJson,
});
