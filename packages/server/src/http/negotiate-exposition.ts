/** Which exposition format a scraper wants, by its `Accept` header. */

import type { ExpositionFormat } from '../remote-read/exposition-encoder.ts';

export interface ExpositionChoice {
  readonly format: ExpositionFormat;
  /** Whether names may hold any character (`escaping=allow-utf-8`). */
  readonly utf8: boolean;
  readonly contentType: string;
}

const OPENMETRICS_VERSIONS: ReadonlySet<string> = new Set(['', '0.0.1', '1.0.0']);

/** The format the header likes best of the two there are; the text format when it does not say, or likes both the same. */
export function negotiateExposition(accept: string): ExpositionChoice {
  let best: { format: ExpositionFormat; utf8: boolean; quality: number; version: string } | undefined;
  for (const clause of accept.split(',')) {
    const [media = '', ...rest] = clause.split(';').map((part) => part.trim().toLowerCase());
    const parameters = new Map(rest.map((part) => part.split('=') as [string, string]));
    const quality = Number(parameters.get('q') ?? '1');
    const version = parameters.get('version') ?? '';
    const utf8 = parameters.get('escaping') === 'allow-utf-8';
    const format = formatOf(media, version);
    if (format === undefined || !(quality > 0)) continue;
    const better =
      best === undefined || quality > best.quality || (quality === best.quality && format === 'text' && best.format !== 'text');
    if (better) best = { format, utf8, quality, version };
  }
  const { format, utf8, version } = best ?? { format: 'text', utf8: false, version: '' };
  const shownVersion = format === 'text' ? '0.0.4' : version === '' ? '1.0.0' : version;
  const type = format === 'text' ? 'text/plain' : 'application/openmetrics-text';
  const escaping = utf8 ? '; escaping=allow-utf-8' : '';
  return { format, utf8, contentType: `${type}; version=${shownVersion}; charset=utf-8${escaping}` };
}

function formatOf(media: string, version: string): ExpositionFormat | undefined {
  if (media === 'application/openmetrics-text') return OPENMETRICS_VERSIONS.has(version) ? 'openmetrics' : undefined;
  return ['text/plain', 'text/*', '*/*'].includes(media) && ['', '0.0.4', '1.0.0'].includes(version) ? 'text' : undefined;
}
