/** Where a target's body comes from: over HTTP, or from a function of this program. */

import type { ScrapeConfig } from '../scrape-config/config.ts';
import type { ScrapeFetch } from './scrape-fetch.ts';
import type { Target } from './target.ts';

/** A scraped body and its format. */
export interface Scraped {
  readonly body: Buffer;
  readonly openMetrics: boolean;
}

/** Gets one body; rejects with an Error whose message is shown as the target's last error. */
export type ScrapeSource = (signal: AbortSignal) => Promise<Scraped>;

/** What Prometheus asks for, except its protobuf format: OpenMetrics rather than the text format, UTF-8 names where the target has them. */
const ACCEPT = [
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6',
  'application/openmetrics-text;version=1.0.0;q=0.5',
  'application/openmetrics-text;version=0.0.1;q=0.4',
  'text/plain;version=0.0.4;q=0.3',
  '*/*;q=0.2',
].join(',');

/** Scrapes a target over HTTP. */
export function httpSource(target: Target, job: ScrapeConfig, fetch: ScrapeFetch): ScrapeSource {
  const request = {
    url: target.url,
    headers: { accept: ACCEPT, 'x-prometheus-scrape-timeout-seconds': String(target.timeoutMs / 1000) },
    client: job.http,
    compression: job.enableCompression,
    bodyLimit: job.limits.bodyBytes,
  };
  return async (signal) => {
    const response = await fetch({ ...request, signal });
    if (response.status !== 200) throw new Error(`the target answered HTTP status ${response.status} ${response.statusText}`.trimEnd());
    return { body: response.body, openMetrics: isOpenMetrics(response.contentType) };
  };
}

/** Whether a content type names OpenMetrics; everything else is read as the text format. */
export function isOpenMetrics(contentType: string): boolean {
  return contentType.split(';')[0]?.trim().toLowerCase() === 'application/openmetrics-text';
}
