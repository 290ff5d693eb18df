/** The PromQL behind services and their map: the RED series and the service graph that are derived from spans. */

import { formatDuration } from '@atalaya/model';

/** Names of the series; the server derives them from every span that comes in. */
export const CALLS = 'traces_spanmetrics_calls_total';
export const DURATION = 'traces_spanmetrics_duration_seconds';
const REQUESTS = 'traces_service_graph_request_total';
const FAILED = 'traces_service_graph_request_failed_total';
const SERVER_SECONDS = 'traces_service_graph_request_server_seconds_bucket';
const CLIENT_SECONDS = 'traces_service_graph_request_client_seconds_bucket';

/** What comes in to a service from others; its own calls and inner work are other kinds. */
export const INCOMING = 'SPAN_KIND_SERVER|SPAN_KIND_CONSUMER';
const ERROR = 'STATUS_CODE_ERROR';
const EDGE = 'client, server, connection_type';

const HOUR = 3_600_000;
/** Reading every sample of a month would meet the server's limits: rates and percentiles look this far back at most. Milliseconds. */
const MOST = { rates: 48 * HOUR, latency: 6 * HOUR } as const;

/** The stretches that a range of this length is measured over, as PromQL durations. `shortened` when they are less than the range. */
export function measuredOver(span: number): { rates: string; latency: string; shortened: boolean } {
  const text = (most: number) => formatDuration(Math.max(Math.round(Math.min(span, most) / 1000) * 1000, 60_000));
  return { rates: text(MOST.rates), latency: text(MOST.latency), shortened: span > MOST.latency };
}

/** A quantile of classic buckets. */
function quantile(q: number, by: string, selector: string, window: string): string {
  return `histogram_quantile(${q}, sum by (${by}) (rate(${selector}[${window}])))`;
}

/** A quantile, or another one where the first has no observation: a comparison drops what is not a number. */
function orElse(first: string, second: string): string {
  return `${first} >= 0 or ${second}`;
}

/** Everything that the map shows, as instant queries at the end of a range of `span` milliseconds. */
export function mapQueries(span: number) {
  const { rates, latency } = measuredOver(span);
  return {
    requests: `sum by (${EDGE}) (rate(${REQUESTS}[${rates}]))`,
    failed: `sum by (${EDGE}) (rate(${FAILED}[${rates}]))`,
    // What the caller waited; a caller that sends no spans has not measured it.
    edgeLatency: orElse(quantile(0.95, `${EDGE}, le`, CLIENT_SECONDS, latency), quantile(0.95, `${EDGE}, le`, SERVER_SECONDS, latency)),
    calls: `sum by (service_name, span_kind, status_code) (rate(${CALLS}[${rates}]))`,
    serviceLatency: orElse(
      quantile(0.95, 'service_name, le', `${DURATION}_bucket{span_kind=~"${INCOMING}"}`, latency),
      quantile(0.95, 'service_name, le', `${DURATION}_bucket`, latency),
    ),
    // Databases and others that send no spans are known by their callers.
    calledLatency: orElse(
      quantile(0.95, 'server, connection_type, le', SERVER_SECONDS, latency),
      quantile(0.95, 'server, connection_type, le', CLIENT_SECONDS, latency),
    ),
  };
}

/** The three expressions of rate, error share and 95th percentile over time. */
export interface RedQueries {
  readonly rate: string;
  readonly errors: string;
  readonly latency: string;
}

/** RED over time of an edge. */
export function edgeRed(client: string, server: string, connection: string, window: string): RedQueries {
  return graphRed(
    `client=${JSON.stringify(client)},server=${JSON.stringify(server)},connection_type=${JSON.stringify(connection)}`,
    window,
  );
}

/** RED over time of what sends no spans of its own, from the edges that lead to it. */
export function calledRed(server: string, database: boolean, window: string): RedQueries {
  return graphRed(`server=${JSON.stringify(server)},connection_type${database ? '=' : '!='}"database"`, window);
}

function graphRed(matchers: string, window: string): RedQueries {
  const all = `sum(rate(${REQUESTS}{${matchers}}[${window}]))`;
  return {
    rate: all,
    errors: `sum(rate(${FAILED}{${matchers}}[${window}])) / ${all}`,
    latency: orElse(
      quantile(0.95, 'le', `${CLIENT_SECONDS}{${matchers}}`, window),
      quantile(0.95, 'le', `${SERVER_SECONDS}{${matchers}}`, window),
    ),
  };
}

/** Which spans of a service are looked at. */
export interface SpanChoice {
  readonly service: string;
  /** Kinds as the label has them; none means all. */
  readonly kinds: readonly string[];
  readonly operation?: string | undefined;
}

/** The choice as matchers. */
export function choiceMatchers({ service, kinds, operation }: SpanChoice): string {
  const matchers = [`service_name=${JSON.stringify(service)}`];
  if (kinds.length > 0) matchers.push(`span_kind=~${JSON.stringify(kinds.join('|'))}`);
  if (operation !== undefined) matchers.push(`span_name=${JSON.stringify(operation)}`);
  return matchers.join(',');
}

/** RED over time of a service's spans. */
export function serviceRed(choice: SpanChoice, window: string): RedQueries {
  const matchers = choiceMatchers(choice);
  const all = `sum(rate(${CALLS}{${matchers}}[${window}]))`;
  return {
    rate: all,
    // Without a failed call there is no such series, and the share is none, not unknown.
    errors: `(sum(rate(${CALLS}{${matchers},status_code="${ERROR}"}[${window}])) or ${all} * 0) / ${all}`,
    latency: quantile(0.95, 'le', `${DURATION}_bucket{${matchers}}`, window),
  };
}

/** The charts of a service's page. */
export function serviceCharts(choice: SpanChoice, window: string) {
  const matchers = choiceMatchers(choice);
  const of = (q: number) => quantile(q, 'le', `${DURATION}_bucket{${matchers}}`, window);
  return {
    rate: `sum by (status_code) (rate(${CALLS}{${matchers}}[${window}]))`,
    errors: serviceRed(choice, window).errors,
    p50: of(0.5),
    p95: of(0.95),
    p99: of(0.99),
    /** Where the exemplars of the durations are. */
    exemplars: `${DURATION}_bucket{${matchers}}`,
  };
}

/** The operations of a service, as instant queries at the end of a range. */
export function operationQueries(service: string, span: number) {
  const { rates, latency } = measuredOver(span);
  const own = `{service_name=${JSON.stringify(service)}}`;
  return {
    calls: `sum by (span_name, span_kind, status_code) (rate(${CALLS}${own}[${rates}]))`,
    seconds: `sum by (span_name, span_kind) (rate(${DURATION}_sum${own}[${rates}]))`,
    latency: quantile(0.95, 'span_name, span_kind, le', `${DURATION}_bucket${own}`, latency),
  };
}
