/** Says in the graph that an answer holds native histograms, and offers the questions that draw lines from them. */

import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { lineOfHistograms } from '../../data/explorer.ts';
import classes from './problems.module.css';
import type { Queries } from './use-queries.ts';

const LINES = ['p95', 'average', 'observations'] as const;

/** The notice; a question replaces the query that gave the histograms. */
export function HistogramNotice({ letters, queries }: { letters: string; queries: Queries }) {
  const { t } = useTranslation();
  return queries.asked
    .filter(({ letter }) => letters.includes(letter))
    .map((asked) => (
      <div key={asked.letter} role="status" className={classes['histograms']}>
        <span>{queries.asked.length > 1 ? t('histogram.noticeOf', { letter: asked.letter }) : t('histogram.notice')}</span>
        {LINES.map((line) => (
          <Button
            key={line}
            size="compact-xs"
            variant="default"
            onClick={() => queries.replace(asked, lineOfHistograms(asked.expression, line))}
          >
            {t(`histogram.${line}`)}
          </Button>
        ))}
      </div>
    ));
}
