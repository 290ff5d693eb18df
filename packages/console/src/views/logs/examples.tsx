/** LogQL to begin with: shown while what is written cannot be asked. */

import { useTranslation } from 'react-i18next';

import { Examples } from '../../parts/question/examples.tsx';
import type { Logs } from './use-logs.ts';

const EXAMPLES = {
  errors: '{service_name="checkout"} |= "refused" | detected_level="error"',
  slow: '{service_name=~".+"} | json | duration_ms > 1000',
  rate: 'sum by (service_name) (rate({service_name=~".+"} [1m]))',
  quantile: 'quantile_over_time(0.99, {service_name=~".+"} | json | unwrap duration_ms | __error__="" [5m]) by (service_name)',
  pattern: '{job="nginx"} | pattern `<ip> - - <_> "<method> <path> <_>" <status> <_>` | status >= 500',
} as const;

/** The list; a click asks one. */
export function LogqlExamples({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const examples = (Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[]).map((key) => ({
    name: t(`logql.example.${key}`),
    query: EXAMPLES[key],
  }));
  return <Examples title={t('logql.examples')} examples={examples} onAsk={logs.ask} />;
}
