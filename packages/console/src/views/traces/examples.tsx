/** TraceQL to begin with: shown while what is written cannot be asked. */

import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { Panel } from '../../parts/panel.tsx';
import classes from './traces.module.css';
import type { Traces } from './use-traces.ts';

const EXAMPLES = {
  errors: '{ resource.service.name = "checkout" && status = error }',
  slow: '{ traceDuration > 1s && span.db.system.name != nil }',
  chain: '{ resource.service.name = "web" } >> { status = error && kind = server }',
  rate: '{ kind = server } | rate() by (resource.service.name)',
  quantile: '{ kind = server } | quantile_over_time(duration, 0.9) by (resource.service.name)',
} as const;

/** The list; a click asks one. */
export function Examples({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('traces.examples')} flush>
      <ul className={classes['examples']}>
        {(Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[]).map((key) => (
          <li key={key}>
            <button type="button" onClick={() => traces.ask(EXAMPLES[key])}>
              <span>
                <strong>{t(`traces.example.${key}`)}</strong>
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
