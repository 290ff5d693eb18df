/** What becomes of a scraped series' labels: target labels are merged in, metric relabelling and limits applied. */

import { type Labels, labelsOf, METRIC_NAME } from '@atalaya/model';
import type { RelabelRule, ScrapeLimits } from '../scrape-config/config.ts';
import { relabel } from './relabel.ts';
import { SeriesTextError } from './series-text.ts';

/** How a target's series get their labels. */
export interface SeriesRules {
  readonly targetLabels: Labels;
  readonly honorLabels: boolean;
  readonly metricRelabel: readonly RelabelRule[];
  readonly limits: ScrapeLimits;
}

/**
 * The labels under which a series is stored, `undefined` when metric relabelling drops it. Changes `scraped`.
 * @throws SeriesTextError when a limit is exceeded or no metric name is left.
 */
export function seriesLabels(scraped: Map<string, string>, rules: SeriesRules): Labels | undefined {
  if (rules.honorLabels) keepScraped(scraped, rules.targetLabels);
  else overrideScraped(scraped, rules.targetLabels);
  for (const [name, value] of scraped) if (value === '') scraped.delete(name);
  if (rules.metricRelabel.length > 0 && !relabel(scraped, rules.metricRelabel)) return undefined;
  if (!scraped.has(METRIC_NAME)) throw new SeriesTextError('no metric name is left after relabelling');
  const labels = labelsOf(scraped);
  checkLimits(labels, rules.limits);
  return labels;
}

/** A label that the target itself sent wins, even an empty one. */
function keepScraped(scraped: Map<string, string>, targetLabels: Labels): void {
  for (let i = 0; i < targetLabels.length; i += 2) {
    const name = targetLabels[i] as string;
    if (!scraped.has(name)) scraped.set(name, targetLabels[i + 1] as string);
  }
}

/** The target's labels win; what they hide moves to `exported_…`, as often prefixed as needed to be free. */
function overrideScraped(scraped: Map<string, string>, targetLabels: Labels): void {
  const hidden: [name: string, value: string][] = [];
  for (let i = 0; i < targetLabels.length; i += 2) {
    const name = targetLabels[i] as string;
    const existing = scraped.get(name) ?? '';
    if (existing !== '') hidden.push([name, existing]);
    scraped.set(name, targetLabels[i + 1] as string);
  }
  hidden.sort(([a], [b]) => a.length - b.length);
  for (const [name, value] of hidden) {
    let exported = `exported_${name}`;
    while ((scraped.get(exported) ?? '') !== '') exported = `exported_${exported}`;
    scraped.set(exported, value);
  }
}

function checkLimits(labels: Labels, limits: ScrapeLimits): void {
  const count = labels.length / 2;
  if (limits.labels > 0 && count > limits.labels) throw new SeriesTextError(`${count} labels exceed the label_limit of ${limits.labels}`);
  if (limits.labelNameLength === 0 && limits.labelValueLength === 0) return;
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    const nameLength = Buffer.byteLength(name);
    const valueLength = Buffer.byteLength(labels[i + 1] as string);
    if (limits.labelNameLength > 0 && nameLength > limits.labelNameLength) {
      throw new SeriesTextError(`the label name ${name} has ${nameLength} bytes, label_name_length_limit is ${limits.labelNameLength}`);
    }
    if (limits.labelValueLength > 0 && valueLength > limits.labelValueLength) {
      throw new SeriesTextError(
        `the value of label ${name} has ${valueLength} bytes, label_value_length_limit is ${limits.labelValueLength}`,
      );
    }
  }
}
