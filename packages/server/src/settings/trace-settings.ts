/** The settings of which spans are kept, and what is derived from them. */

import type { SettingEntry } from './setting-entry.ts';

export const TRACE_SETTINGS = {
  'traces.drop': {
    type: 'conditions',
    default: '',
    help: 'Spans that are not stored: attribute conditions such as `http.route=/health`, with `=`, `!=`, `=~` and `!~`, of the span or else of its resource; also `name`, `kind`, `status` and `service.name`. Conditions joined by && must hold together; commas separate alternatives; values with commas are quoted.',
  },
  'traces.rate_limit': {
    type: 'count',
    default: '0',
    help: 'Most spans a second that are stored of one service; what is above is left out by trace, so that traces stay whole. 0 means no limit.',
  },
  'traces.sample': {
    type: 'ratio',
    default: '1',
    help: 'Which share of traces is stored, from 0 to 1, decided by the trace id as OpenTelemetry does it. Metrics of spans are always of all.',
  },
  'traces.keep_errors': {
    type: 'switch',
    default: 'true',
    help: 'Whether traces with a span that failed are stored although `traces.sample` leaves them out.',
  },
  'traces.keep_slower_than': {
    type: 'duration',
    default: '0',
    help: 'Traces with a span that took so long are stored although `traces.sample` leaves them out; 0: none for that.',
  },
  'traces.decision_wait': {
    type: 'duration',
    default: '10s',
    help: 'How long the first spans of a trace that `traces.sample` leaves out are held, in case an error or a slow span follows.',
  },
  'traces.decision_memory': {
    type: 'bytes',
    default: '64MiB',
    help: 'Most bytes of spans that are held undecided; with more, the oldest traces are left out early.',
  },
  'traces.own': {
    type: 'switch',
    default: 'true',
    help: 'Whether this program traces what it does itself, as the service atalaya: requests, queries, loads, retention.',
  },
  'traces.own_per_second': {
    type: 'count',
    default: '5',
    help: 'Most requests a second that are traced; slow and failed ones and those of traced callers come on top, at most 20 a second. Requests that bring telemetry are traced once in ten seconds.',
  },
  'traces.metrics.enabled': {
    type: 'switch',
    default: 'true',
    help: 'Whether metrics of calls, errors, durations and of the service graph are derived from spans.',
  },
  'traces.metrics.interval': { type: 'duration', default: '15s', help: 'How often these metrics are written.' },
  'traces.metrics.dimensions': {
    type: 'list',
    default: '',
    help: 'Attributes of spans, or else of resources, that become labels of the span metrics, such as http.route.',
  },
  'traces.metrics.series': {
    type: 'count',
    default: '5000',
    help: 'Most combinations of labels that span metrics keep apart, and as many edges of the service graph; further spans are counted with the label otel_metric_overflow. Each combination is 20 series, each edge 40.',
  },
  'traces.metrics.idle': {
    type: 'duration',
    default: '15m',
    help: 'Metrics of services, spans and edges that were not seen for so long end; 0: never.',
  },
} as const satisfies Record<string, SettingEntry>;
