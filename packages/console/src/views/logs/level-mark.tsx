/** A level as its word in its colour: never the colour alone. */

import { useTranslation } from 'react-i18next';

import type { Level } from '../../data/logs/levels.ts';
import classes from './level.module.css';

/** The word; `short` for the narrow column of a list. */
export function LevelMark({ level, short = false }: { level: Level; short?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={classes['mark']} data-level={level}>
      {short ? t(`logs.levelShort.${level}`) : t(`logs.level.${level}`)}
    </span>
  );
}

/** A small square in the colour that a level has in charts. */
export function LevelDot({ level }: { level: Level }) {
  return <span className={classes['dot']} data-level={level} aria-hidden />;
}
