/** What a fresh installation is told to do: recognising one, and the text for other programs' files. */

import type { Target } from './targets.ts';

/** Nothing but the program itself is scraped. */
export function isFresh(targets: readonly Target[]): boolean {
  return targets.every((target) => target.scrapePool === 'atalaya' || target.scrapePool === 'node');
}

/** A job to add to `prometheus.yml`. */
export function scrapeSnippet(): string {
  return ['scrape_configs:', '  - job_name: my-service', '    static_configs:', "      - targets: ['10.0.0.5:9100']"].join('\n');
}

/** What a Prometheus or an agent needs in its own configuration to send everything here; `origin` as the browser sees this server. */
export function remoteWriteSnippet(origin: string): string {
  return ['remote_write:', `  - url: ${origin}/api/v1/write`].join('\n');
}
