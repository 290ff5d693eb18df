/** What was chosen for a search: each can be taken back. */

import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './question.module.css';

/** One thing that was chosen. */
export interface Choice {
  readonly key: string;
  readonly text: ReactNode;
  /** It is left out rather than wanted. */
  readonly without?: boolean;
  onTakeBack(): void;
}

interface ChosenProps {
  readonly choices: readonly Choice[];
  readonly label: string;
  readonly takeBackLabel: string;
}

/** The list; nothing when nothing was chosen. */
export function Chosen({ choices, label, takeBackLabel }: ChosenProps) {
  if (choices.length === 0) return null;
  return (
    <ul className={classes['line']} aria-label={label}>
      {choices.map(({ key, text, without = false, onTakeBack }) => (
        <li key={key} className={classes['chip']} data-without={without || undefined}>
          <span className={classes['chipText']}>{text}</span>
          <CloseButton size={24} iconSize={14} aria-label={takeBackLabel} onClick={onTakeBack} />
        </li>
      ))}
    </ul>
  );
}
