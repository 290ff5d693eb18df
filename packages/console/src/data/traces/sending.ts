/** How traces are sent to this server: texts to copy, with its own addresses. */

/** A way of sending, and what to copy for it. */
export interface SendingSnippet {
  readonly key: 'sdk' | 'collector' | 'curl' | 'zipkin';
  readonly text: string;
}

/** The ways in, the usual one first. `grpc` is the host and port of OTLP over gRPC, where it listens. */
export function sendingSnippets(origin: string, grpc: string | undefined): SendingSnippet[] {
  const { hostname } = new URL(origin);
  const port = grpc === undefined ? undefined : /:(\d+)$/.exec(grpc)?.[1];
  return [
    {
      key: 'sdk',
      text: [
        `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`,
        'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
        'export OTEL_SERVICE_NAME=myapp',
        ...(port === undefined
          ? []
          : [
              '# or over gRPC:',
              `# export OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:${port}`,
              '# export OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
            ]),
      ].join('\n'),
    },
    {
      key: 'collector',
      text: `exporters:\n  otlphttp:\n    endpoint: ${origin}\nservice:\n  pipelines:\n    traces:\n      receivers: [otlp]\n      exporters: [otlphttp]`,
    },
    {
      key: 'curl',
      text: `now=$(date +%s)
curl -H 'content-type: application/json' ${origin}/v1/traces --data-raw '{"resourceSpans":[{
  "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"try"}}]},
  "scopeSpans":[{"spans":[{"traceId":"'$(openssl rand -hex 16)'","spanId":"'$(openssl rand -hex 8)'",
    "name":"hello","kind":2,"startTimeUnixNano":"'$now'000000000","endTimeUnixNano":"'$now'250000000"}]}]}]}'`,
    },
    { key: 'zipkin', text: `${origin}/api/v2/spans` },
  ];
}
