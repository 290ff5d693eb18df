/** Rate, share of failures and latency in a few words. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Red } from '../../data/services/graph.ts';
import { useFormat } from '../../format/use-format.ts';

/** The texts, the same until the language changes; what is not known is a dash, or left out of the line. */
export function useRedText() {
  const { t } = useTranslation();
  const formats = useFormat();
  return useMemo(() => {
    const rate = (red: Red) => formats.value(red.rate, 'per-second');
    const errors = (red: Red) => formats.value(red.errors, 'ratio');
    const p95 = (red: Red) => formats.value(red.p95, 'seconds');
    /** `12.4 /s · 2.1 % fail · 83 ms`, failures only where there are any. */
    const line = (red: Red) =>
      [
        red.rate === undefined ? [] : [rate(red)],
        (red.errors ?? 0) > 0 ? [t('services.failing', { share: errors(red) })] : [],
        red.p95 === undefined ? [] : [p95(red)],
      ]
        .flat()
        .join(' · ');
    /** `12.4 /s · 83 ms`. */
    const short = ({ rate: calls, p95: slow }: Red) => line({ rate: calls, errors: undefined, p95: slow });
    /** `12.4 /s · 6.7 % · 83 ms`, where a sign beside it says what the share is. */
    const compact = (red: Red) => [rate(red), errors(red), p95(red)].join(' · ');
    return { rate, errors, p95, line, short, compact };
  }, [t, formats]);
}
