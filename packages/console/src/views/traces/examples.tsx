/** TraceQL to begin with: shown while what is written cannot be asked. */

import { useTranslation } from 'react-i18next';

import { Examples } from '../../parts/question/examples.tsx';
import type { Traces } from './use-traces.ts';

const EXAMPLES = {
  errors: '{ resource.service.name = "checkout" && status = error }',
  slow: '{ traceDuration > 1s && span.db.system.name != nil }',
  chain: '{ resource.service.name = "web" } >> { status = error && kind = server }',
  rate: '{ kind = server } | rate() by (resource.service.name)',
  quantile: '{ kind = server } | quantile_over_time(duration, 0.9) by (resource.service.name)',
} as const;

/** The list; a click asks one. */
export function TraceqlExamples({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  const examples = (Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[]).map((key) => ({
    name: t(`traces.example.${key}`),
    query: EXAMPLES[key],
  }));
  return <Examples title={t('traces.examples')} examples={examples} onAsk={traces.ask} />;
}
