/**
 * How many lines a second go through pipelines on one core: `node packages/query/bench/log-pipeline.ts [lines]`.
 * Every pipeline runs several times over the same lines; the best run counts, by the process's own time, as others share the machine.
 */

import { type LogSelection, parseLogql } from '@atalaya/lang';
import { labelsOf } from '@atalaya/model';
import { compilePipeline, compileSampleExtractor, type StoredLine } from '@atalaya/query';

const COUNT = Number(process.argv[2] ?? 200_000);
const RUNS = 5;

const PATHS = ['/api/v1/items', '/login', '/home', '/static/app.js', '/api/v1/query_range'];
const LEVELS = ['info', 'info', 'info', 'info', 'warn', 'error'];

/** Lines as services write them, some hundred characters each. */
function linesOf(form: 'json' | 'logfmt' | 'nginx'): StoredLine[] {
  const streams = Array.from({ length: 20 }, (_, i) => labelsOf({ app: form, pod: `${form}-${i}`, env: 'prod' }));
  return Array.from({ length: COUNT }, (_, i) => {
    const path = PATHS[i % PATHS.length] as string;
    const level = LEVELS[i % LEVELS.length] as string;
    const status = [200, 200, 200, 304, 404, 500][i % 7] ?? 200;
    const took = (i * 7919) % 1500;
    const text = {
      json: `{"ts":"2026-01-02T03:04:05.${String(i % 1000).padStart(3, '0')}Z","level":"${level}","caller":"http/server.go:${i % 400}","msg":"request served","request":{"method":"GET","path":"${path}","headers":{"accept":"*/*","agent":"curl/8.5.0"}},"status":${status},"took_ms":${took},"bytes":${(i * 31) % 65_536},"trace_id":"${(i * 2_654_435_761).toString(16).padStart(16, '0')}"}`,
      logfmt: `ts=2026-01-02T03:04:05.${String(i % 1000).padStart(3, '0')}Z level=${level} caller=http/server.go:${i % 400} msg="request served" method=GET path=${path} status=${status} took=${took}ms bytes=${(i * 31) % 65_536} trace_id=${(i * 2_654_435_761).toString(16).padStart(16, '0')}`,
      nginx: `10.0.${i % 256}.${(i * 7) % 256} - - [02/Jan/2026:03:04:05 +0000] "GET ${path}?id=${i} HTTP/1.1" ${status} ${(i * 31) % 65_536} "-" "Mozilla/5.0 (X11; Linux x86_64)" ${took / 1000}`,
    }[form];
    return { stream: streams[i % streams.length] as StoredLine['stream'], attributes: [], text, timestamp: BigInt(i) };
  });
}

const LINES = { json: linesOf('json'), logfmt: linesOf('logfmt'), nginx: linesOf('nginx') };

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** The best of several runs, in lines a second. */
function measure(name: string, lines: readonly StoredLine[], run: (line: StoredLine) => unknown): void {
  let best = 0;
  let kept = 0;
  for (let i = 0; i < RUNS; i++) {
    kept = 0;
    const start = process.cpuUsage();
    for (const line of lines) if (run(line) !== undefined) kept++;
    best = Math.max(best, lines.length / secondsSince(start));
  }
  const megabytes = (best * lines.reduce((sum, { text }) => sum + text.length, 0)) / lines.length / 1e6;
  console.log(
    `${Math.round(best).toLocaleString('en').padStart(12)} lines/s ${megabytes.toFixed(0).padStart(6)} MB/s  ${String(kept).padStart(7)} kept  ${name}`,
  );
}

function logs(form: keyof typeof LINES, stages: string): void {
  const pipeline = compilePipeline((parseLogql(`{a="b"} ${stages}`) as LogSelection).stages);
  measure(`${form}: ${stages}`, LINES[form], (line) => pipeline.process(line)?.labels.all());
}

function metric(form: keyof typeof LINES, query: string): void {
  const tree = parseLogql(query);
  const range = tree.kind === 'aggregation' ? tree.expression : tree;
  if (range.kind !== 'range') throw new TypeError(query);
  const grouping = tree.kind === 'aggregation' ? (tree.grouping ?? { without: false, labels: [] }) : range.grouping;
  const extractor = compileSampleExtractor(range.logs.stages, range.unwrap ?? 'lines', grouping === undefined ? {} : { grouping });
  measure(`${form}: ${query}`, LINES[form], (line) => extractor.extract(line));
}

logs('logfmt', '');
logs('logfmt', '|= "status=500"');
logs('logfmt', '|= "nowhere in here"');
logs('logfmt', '|~ "status=5\\\\d\\\\d"');
logs('logfmt', '|~ "(?i)ERROR"');
logs('nginx', '|= ip("10.0.7.0/24")');
logs('nginx', '|> "<_> - - <_> \\"GET /login<_>"');
logs('json', '| json');
logs('json', '| json | status >= 500');
logs('json', '|= "\\"status\\":500" | json | status >= 500');
logs('json', '| json status="status", path="request.path" | status >= 500');
logs('logfmt', '| logfmt');
logs('logfmt', '| logfmt | status >= 500');
logs('logfmt', '| logfmt | took > 1s');
logs('logfmt', '| logfmt status | status >= 500');
logs('nginx', '| pattern `<ip> - - <_> "<method> <path> <_>" <status> <size> <_>` | status >= 500');
logs('nginx', '| regexp `"(?P<method>\\w+) (?P<path>\\S+) [^"]+" (?P<status>\\d+)` | status >= 500');
logs('logfmt', '| logfmt | line_format "{{.method}} {{.path}} {{.status}}"');
logs('logfmt', '| logfmt | line_format "{{.method | lower}} {{.path}} {{printf `%5s` .status}}"');
logs('logfmt', '| logfmt | label_format where="{{.path}}" | keep where, status');
metric('json', 'sum by (status) (count_over_time({a="b"} | json [1m]))');
metric('logfmt', 'sum by (status) (count_over_time({a="b"} | logfmt [1m]))');
metric('logfmt', 'sum by (path) (sum_over_time({a="b"} | logfmt | unwrap duration(took) [1m]))');
metric('logfmt', 'sum by (level) (count_over_time({a="b"} |= "status=500" | logfmt | took > 100ms [1m]))');
