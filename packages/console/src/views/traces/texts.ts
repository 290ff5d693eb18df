/** Words about traces that several places show. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { FoundTrace } from '../../data/traces/tempo.ts';
import { useFormat } from '../../format/use-format.ts';

/** The words in the reader's language. */
export function useTraceTexts() {
  const { t } = useTranslation();
  const formats = useFormat();
  return useMemo(
    () => ({
      /** A duration of whole milliseconds. */
      duration: (milliseconds: number) => (milliseconds < 1 ? t('traces.underOne') : formats.value(milliseconds / 1000, 'seconds')),
      /** What a trace was, in one line. */
      point(trace: FoundTrace): string {
        const spans = t('traces.spans', { count: trace.spans, spans: formats.integer(trace.spans) });
        return t('traces.pointLabel', { name: this.name(trace), duration: this.duration(trace.duration), spans });
      },
      /** Service and operation of the root. */
      name: ({ service, operation }: FoundTrace) =>
        service === '' && operation === '' ? t('traces.rootMissing') : `${service}: ${operation}`,
    }),
    [t, formats],
  );
}
