/** Where a target's body comes from: over HTTP, or from a function of this program. */

import type { ScrapeConfig, ScrapeProtocol } from '../scrape-config/config.ts';
import type { ExpositionFormat } from './exposition.ts';
import type { ScrapeFetch } from './scrape-fetch.ts';
import type { Target } from './target.ts';

/** A scraped body and its format. */
export interface Scraped {
  readonly body: Buffer;
  readonly format: ExpositionFormat;
}

/** Gets one body; rejects with an Error whose message is shown as the target's last error. */
export type ScrapeSource = (signal: AbortSignal) => Promise<Scraped>;

/** What is asked for, by the names that `scrape_protocols` has for it; UTF-8 names where the target has them. */
const MEDIA_TYPES: Readonly<Record<ScrapeProtocol, readonly string[]>> = {
  PrometheusProto: ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'],
  'OpenMetricsText1.0.0': ['application/openmetrics-text;version=1.0.0;escaping=allow-utf-8', 'application/openmetrics-text;version=1.0.0'],
  'OpenMetricsText0.0.1': ['application/openmetrics-text;version=0.0.1'],
  'PrometheusText1.0.0': ['text/plain;version=1.0.0;escaping=allow-utf-8'],
  'PrometheusText0.0.4': ['text/plain;version=0.0.4'],
};

/** The `Accept` header that prefers the protocols in this order, and takes anything else at last. */
export function acceptHeader(protocols: readonly ScrapeProtocol[]): string {
  const types = [...protocols.flatMap((protocol) => MEDIA_TYPES[protocol]), '*/*'];
  return types.map((type, i) => `${type};q=0.${types.length + 1 - i}`).join(',');
}

/** Scrapes a target over HTTP. */
export function httpSource(target: Target, job: ScrapeConfig, fetch: ScrapeFetch): ScrapeSource {
  const request = {
    url: target.url,
    headers: { accept: acceptHeader(job.protocols), 'x-prometheus-scrape-timeout-seconds': String(target.timeoutMs / 1000) },
    client: job.http,
    compression: job.enableCompression,
    bodyLimit: job.limits.bodyBytes,
  };
  return async (signal) => {
    const response = await fetch({ ...request, signal });
    if (response.status !== 200) throw new Error(`the target answered HTTP status ${response.status} ${response.statusText}`.trimEnd());
    return { body: response.body, format: formatOf(response.contentType) };
  };
}

/** The format that a content type names; one that is not known is read as the text format. @throws Error for protobuf that cannot be read. */
export function formatOf(contentType: string): ExpositionFormat {
  const [mediaType, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (mediaType === 'application/openmetrics-text') return 'openmetrics';
  if (mediaType !== 'application/vnd.google.protobuf') return 'text';
  if (parameters.includes('proto=io.prometheus.client.metricfamily') && parameters.includes('encoding=delimited')) return 'protobuf';
  throw new Error(
    `the target answered with ${contentType}; of protobuf only delimited io.prometheus.client.MetricFamily messages are read`,
  );
}
