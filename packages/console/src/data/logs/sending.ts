/** How lines are sent to this server: texts to copy, with its own address. */

/** A way of sending, and what to copy for it. */
export interface SendingSnippet {
  readonly key: 'curl' | 'promtail' | 'otlp' | 'files';
  readonly text: string;
}

/** The ways in, the quickest to try first. */
export function sendingSnippets(origin: string): SendingSnippet[] {
  return [
    {
      key: 'curl',
      text: `curl -H 'content-type: application/json' ${origin}/loki/api/v1/push --data-raw \\
  '{"streams":[{"stream":{"job":"try"},"values":[["'$(date +%s%N)'","hello from '$(hostname)'"]]}]}'`,
    },
    { key: 'promtail', text: `clients:\n  - url: ${origin}/loki/api/v1/push` },
    {
      key: 'otlp',
      text: `exporters:\n  otlphttp:\n    endpoint: ${origin}\nservice:\n  pipelines:\n    logs:\n      receivers: [otlp]\n      exporters: [otlphttp]`,
    },
    {
      key: 'files',
      text: 'scrape_configs:\n  - job_name: myapp\n    static_configs:\n      - labels:\n          job: myapp\n          __path__: /var/log/myapp/*.log',
    },
  ];
}
