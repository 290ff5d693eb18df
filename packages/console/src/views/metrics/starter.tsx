/** What the explorer shows before anything was asked: questions to start from with one click. */

import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { EXAMPLES } from '../../data/explorer.ts';
import { Panel } from '../../parts/panel.tsx';
import classes from './metrics.module.css';

/** Queries of the history that are offered. */
const RECENT = 6;

/** The examples, and what was asked lately. */
export function Starter({ history, onPick }: { history: readonly string[]; onPick(query: string): void }) {
  const { t } = useTranslation();
  return (
    <>
      <Panel title={t('metrics.start')} note={t('metrics.startNote')}>
        <ul className={classes['examples']}>
          {EXAMPLES.map(({ key, query }) => (
            <li key={key}>
              <button type="button" className={classes['example']} onClick={() => onPick(query)}>
                <span>
                  <strong>{t(`metrics.example.${key}`)}</strong>
                  <code>{query}</code>
                </span>
                <IconArrowRight size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      {history.length === 0 ? null : (
        <Panel title={t('metrics.recent')} flush>
          <ul className={classes['recent']}>
            {history.slice(0, RECENT).map((query) => (
              <li key={query}>
                <button type="button" className="at-mono" onClick={() => onPick(query)}>
                  {query}
                </button>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
