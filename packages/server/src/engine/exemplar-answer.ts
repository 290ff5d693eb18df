/** The answer of `/api/v1/query_exemplars`. */

import { formatSampleValue } from '@atalaya/lang';
import { type CancelSignal, compareLabels, labelsToRecord } from '@atalaya/model';
import type { MetricStore } from '@atalaya/store';
import type { ExemplarsRequest } from './contract.ts';

/** Exemplars that are told at most, about; of more every so many-th is. */
const MOST = 20_000;

/** Asks the store; gives the Prometheus success envelope. */
export async function answerExemplars(
  store: Pick<MetricStore, 'exemplars'>,
  { matcherSets, startMs, endMs }: ExemplarsRequest,
  signal: CancelSignal,
): Promise<Uint8Array> {
  const { series, oneOf } = await store.exemplars({ matcherSets, start: startMs, end: endMs, most: MOST }, signal);
  const data = series
    .toSorted((a, b) => compareLabels(a.seriesLabels, b.seriesLabels))
    .map(({ seriesLabels, exemplars }) => ({
      seriesLabels: labelsToRecord(seriesLabels),
      exemplars: exemplars.map(({ labels, value, timestamp }) => ({
        labels: labelsToRecord(labels),
        value: formatSampleValue(value),
        timestamp: timestamp / 1000,
      })),
    }));
  const warnings = oneOf === 1 ? {} : { warnings: [`one of ${oneOf} exemplars is shown; ask for a shorter range to see all`] };
  return Buffer.from(JSON.stringify({ status: 'success', data, ...warnings }));
}
