/** The answer of `/api/v1/series`, written as text at once: there may be a million of them. */

import { type Labels } from '@atalaya/model';

/** The Prometheus success envelope with these label sets; one more than `limit` means that there is more. */
export function encodeSeries(series: readonly Labels[], limit: number | undefined): Uint8Array {
  const cut = limit !== undefined && series.length > limit;
  const shown = cut ? series.slice(0, limit) : series;
  const texts = shown.map((labels) => {
    const pairs: string[] = [];
    for (let i = 0; i < labels.length; i += 2) pairs.push(`${JSON.stringify(labels[i])}:${JSON.stringify(labels[i + 1])}`);
    return `{${pairs.join(',')}}`;
  });
  const warning = cut ? ',"warnings":["results truncated due to limit"]' : '';
  return Buffer.from(`{"status":"success","data":[${texts.join(',')}]${warning}}`);
}
