/** LogQL to begin with: shown while what is written cannot be asked. */

import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { Panel } from '../../parts/panel.tsx';
import classes from './logs.module.css';
import type { Logs } from './use-logs.ts';

const EXAMPLES = {
  errors: '{service_name="checkout"} |= "refused" | detected_level="error"',
  slow: '{service_name=~".+"} | json | duration_ms > 1000',
  rate: 'sum by (service_name) (rate({service_name=~".+"} [1m]))',
  quantile: 'quantile_over_time(0.99, {service_name=~".+"} | json | unwrap duration_ms | __error__="" [5m]) by (service_name)',
  pattern: '{job="nginx"} | pattern `<ip> - - <_> "<method> <path> <_>" <status> <_>` | status >= 500',
} as const;

/** The list; a click asks one. */
export function Examples({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('logql.examples')} flush>
      <ul className={classes['examples']}>
        {(Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[]).map((key) => (
          <li key={key}>
            <button type="button" onClick={() => logs.ask(EXAMPLES[key])}>
              <span>
                <strong>{t(`logql.example.${key}`)}</strong>
                <code>{EXAMPLES[key]}</code>
              </span>
              <IconArrowRight size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
