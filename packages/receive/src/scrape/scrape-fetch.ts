/** The port through which scraping and discovery speak HTTP, so that tests need no sockets. */

import type { HttpClientConfig } from '../scrape-config/config.ts';

/** One scrape to be made over the network. */
export interface ScrapeRequest {
  readonly url: string;
  /** Headers besides those that `client` and compression bring. */
  readonly headers: Readonly<Record<string, string>>;
  /** Who we are, whom we trust, whether redirects are followed. Connections are kept per client, by identity of this object. */
  readonly client: HttpClientConfig;
  /** Whether to ask for gzip. */
  readonly compression: boolean;
  /** Largest body, decompressed; 0 for none but the built-in bound. */
  readonly bodyLimit: number;
  /** Aborted when the time is up; its reason is what to reject with. */
  readonly signal: AbortSignal;
}

/** What a target answered. */
export interface ScrapeResponse {
  readonly status: number;
  readonly statusText: string;
  readonly contentType: string;
  /** Decompressed. */
  readonly body: Buffer;
}

/** Answers a request, or rejects with an Error whose message says what is wrong without secrets. */
export interface ScrapeFetch {
  (request: ScrapeRequest): Promise<ScrapeResponse>;
}
