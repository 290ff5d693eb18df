/** Nothing of a kind was ever sent: what to copy for each usual way of sending it. */

import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Snippet } from '../copy.tsx';
import { Empty } from '../states.tsx';
import classes from './never-sent.module.css';

/** A way of sending. */
interface Way {
  readonly key: string;
  readonly name: string;
  readonly advice: string;
  /** What to copy. */
  readonly text: string;
}

interface NeverSentProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly advice: string;
  /** The first is open. */
  readonly ways: readonly Way[];
}

/** The words and the ways. */
export function NeverSent({ icon, title, advice, ways }: NeverSentProps) {
  const { t } = useTranslation();
  return (
    <div className={classes['never']}>
      <Empty icon={icon} title={title}>
        <p>{advice}</p>
      </Empty>
      <Tabs defaultValue={ways[0]?.key ?? null}>
        <Tabs.List>
          {ways.map(({ key, name }) => (
            <Tabs.Tab key={key} value={key}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {ways.map((way) => (
          <Tabs.Panel key={way.key} value={way.key} pt={10}>
            <p className={classes['advice']}>{way.advice}</p>
            <Snippet text={way.text} label={t('action.copy')} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </div>
  );
}
