/** From what discovery says of a target to what is scraped: defaults, relabelling, URL. */

import { type Labels, labelsOf, parseDuration } from '@atalaya/model';
import { formatDuration } from '@atalaya/model';
import type { ScrapeConfig } from '../scrape-config/config.ts';
import { redactUrls } from '../scrape-config/redact.ts';
import { relabel } from './relabel.ts';

/** A target after relabelling. */
export interface Target {
  /** Same key, same target: its labels and its URL. Intervals and other settings may change while it lives. */
  readonly key: string;
  /** Labels that its series get. */
  readonly labels: Labels;
  /** Labels before relabelling. */
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly url: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** What came of one discovered address: a target, or labels that relabelling dropped, or an error in them. */
export type TargetOutcome =
  | { readonly target: Target }
  | { readonly dropped: Readonly<Record<string, string>> }
  | { readonly error: string };

/** Makes the target at `address` of a group whose labels are given. */
export function buildTarget(address: string, groupLabels: Readonly<Record<string, string>>, job: ScrapeConfig): TargetOutcome {
  const labels = new Map(Object.entries(groupLabels));
  labels.set('__address__', address);
  const defaults: [string, string][] = [
    ['job', job.jobName],
    ['__scrape_interval__', formatDuration(job.scrapeIntervalMs)],
    ['__scrape_timeout__', formatDuration(job.scrapeTimeoutMs)],
    ['__metrics_path__', job.metricsPath],
    ['__scheme__', job.scheme],
    ...Object.entries(job.params).flatMap(([name, values]) => (values[0] ? [[`__param_${name}`, values[0]] as [string, string]] : [])),
  ];
  for (const [name, value] of defaults) if ((labels.get(name) ?? '') === '') labels.set(name, value);
  const discoveredLabels = Object.fromEntries([...labels].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1)));

  if (!relabel(labels, job.relabel)) return { dropped: discoveredLabels };
  const at = labels.get('__address__') ?? '';
  if (at === '') return { error: `the target ${address} has no address after relabelling` };
  if (at.includes('/')) return { error: `"${redactUrls(at)}" is not a host and port` };
  const scheme = labels.get('__scheme__') ?? '';
  if (scheme !== 'http' && scheme !== 'https') return { error: `the scheme "${scheme}" of ${at} is neither http nor https` };
  const intervalMs = parseDuration(labels.get('__scrape_interval__') ?? '');
  const timeoutMs = parseDuration(labels.get('__scrape_timeout__') ?? '');
  if (!intervalMs || !timeoutMs) return { error: `the scrape interval or timeout of ${at} is not a duration` };
  if (timeoutMs > intervalMs) return { error: `the scrape timeout of ${at} is longer than its interval` };
  const url = targetUrl(scheme, at, labels, job.params);
  if (!URL.canParse(url)) return { error: `"${redactUrls(url)}" is not a URL` };

  if ((labels.get('instance') ?? '') === '') labels.set('instance', at);
  const own = labelsOf([...labels].filter(([name]) => !name.startsWith('__')));
  return { target: { key: `${own.join('\u0000')}\u0001${url}`, labels: own, discoveredLabels, url, intervalMs, timeoutMs } };
}

function targetUrl(
  scheme: string,
  address: string,
  labels: ReadonlyMap<string, string>,
  configured: Readonly<Record<string, readonly string[]>>,
): string {
  const values = new Map(Object.entries(configured).map(([name, list]) => [name, [...list]] as const));
  for (const [label, value] of labels) {
    if (!label.startsWith('__param_')) continue;
    const name = label.slice('__param_'.length);
    values.set(name, [value, ...(values.get(name) ?? []).slice(1)]);
  }
  const query = new URLSearchParams(
    [...values].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, list]) => list.map((value) => [name, value] as [string, string])),
  );
  const path = labels.get('__metrics_path__') ?? '';
  const base = `${scheme}://${address}${path.startsWith('/') ? '' : '/'}${path}`;
  if (query.size === 0) return base;
  return `${base}${path.includes('?') ? '&' : '?'}${query.toString()}`;
}
