/** A question that the controls of a search cannot show, and the ways out. */

import { Button } from '@mantine/core';

import { SeverityIcon } from '../severity.tsx';
import classes from './question.module.css';

interface BeyondProps {
  readonly query: string;
  /** Why it cannot be shown. */
  readonly why: string;
  readonly editLabel: string;
  readonly anewLabel: string;
  onEdit(): void;
  onAnew(): void;
}

/** The words. */
export function Beyond({ query, why, editLabel, anewLabel, onEdit, onAnew }: BeyondProps) {
  return (
    <div className={classes['beyond']} role="status">
      <SeverityIcon severity="info" />
      <div>
        <p>{why}</p>
        <code className="at-break">{query}</code>
        <div className={classes['ways']}>
          <Button variant="default" onClick={onEdit}>
            {editLabel}
          </Button>
          <Button variant="subtle" onClick={onAnew}>
            {anewLabel}
          </Button>
        </div>
      </div>
    </div>
  );
}
