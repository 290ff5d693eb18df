/** Federation: the newest sample of each series in an exposition format, with its time. */

import { formatSampleValue } from '@atalaya/lang';
import { isStaleAt, type Labels, labelValue, METRIC_NAME, quoteLabelValue } from '@atalaya/model';
import type { SelectedSeries } from '@atalaya/store';
import type { EncodedPiece, SeriesEncoder } from './series-encoder.ts';
import { valueWords } from './series-encoder.ts';

/** Prometheus' text format 0.0.4, or OpenMetrics 1.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

const LEGACY_METRIC = /^[A-Za-z_:][A-Za-z\d_:]*$/;
const LEGACY_LABEL = /^[A-Za-z_][A-Za-z\d_]*$/;

/**
 * Writes series, which come sorted by name, as families of an unknown type. Series whose newest sample is a stale marker or a
 * native histogram are left out: the formats cannot say them. `utf8` lets any name through; else characters that older readers do not
 * take become underscores.
 */
export class ExpositionEncoder implements SeriesEncoder {
  readonly #format: ExpositionFormat;
  readonly #utf8: boolean;
  #text = '';
  #family = '';

  constructor(format: ExpositionFormat, utf8: boolean) {
    this.#format = format;
    this.#utf8 = utf8;
  }

  add(set: SelectedSeries, series: number): void {
    const labels = set.labels[series] as Labels;
    const newest = (set.ends[series] as number) - 1;
    const name = labelValue(labels, METRIC_NAME);
    if (name === '' || newest < (set.starts[series] as number) || isStaleAt(valueWords(set), newest)) return;
    const time = set.timestamps[newest] as number;
    if (hasNewerHistogram(set, series, time)) return;
    const metric = this.#name(name, LEGACY_METRIC);
    if (metric !== this.#family) {
      this.#family = metric;
      this.#text += `# TYPE ${metric} ${this.#format === 'text' ? 'untyped' : 'unknown'}\n`;
    }
    const pairs: string[] = metric.startsWith('"') ? [metric] : [];
    for (let i = 0; i < labels.length; i += 2) {
      const label = labels[i] as string;
      if (label !== METRIC_NAME) pairs.push(`${this.#name(label, LEGACY_LABEL)}=${quoteLabelValue(labels[i + 1] as string)}`);
    }
    // Without it the reader would put its own target's instance there.
    if (labelValue(labels, 'instance') === '') pairs.push('instance=""');
    const value = formatSampleValue(set.values[newest] as number);
    const shownTime = this.#format === 'text' ? String(time) : (time / 1000).toFixed(3);
    this.#text += `${metric.startsWith('"') ? '' : metric}{${pairs.join(',')}} ${value} ${shownTime}\n`;
  }

  take(last: boolean): EncodedPiece {
    if (last && this.#format === 'openmetrics') this.#text += '# EOF\n';
    const bytes = new TextEncoder().encode(this.#text);
    this.#text = '';
    return { bytes, contentBytes: bytes.length };
  }

  #name(name: string, legacy: RegExp): string {
    if (legacy.test(name)) return name;
    if (this.#utf8) return quoteLabelValue(name);
    const underscored = name.replaceAll(legacy === LEGACY_METRIC ? /[^A-Za-z\d_:]/gu : /[^A-Za-z\d_]/gu, '_');
    return /^\d/.test(underscored) ? `_${underscored.slice(1)}` : underscored;
  }
}

function hasNewerHistogram({ histograms }: SelectedSeries, series: number, time: number): boolean {
  if (histograms === undefined) return false;
  const last = (histograms.ends[series] as number) - 1;
  return last >= (histograms.starts[series] as number) && (histograms.timestamps[last] as number) > time;
}
