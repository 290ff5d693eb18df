/** A titled surface: the box that every chart, table and card of the console sits in. */

import { type ReactNode, useId } from 'react';

import classes from './panel.module.css';

interface PanelProps {
  readonly title: ReactNode;
  /** Beside the title, muted: a value, a count. */
  readonly note?: ReactNode;
  /** At the right end of the head. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** No padding around the body: for tables that reach the edges. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
}

/** A region of the page with a heading. */
export function Panel({ title, note, actions, children, flush = false, className }: PanelProps) {
  const id = useId();
  return (
    <section className={[classes['panel'], className].filter(Boolean).join(' ')} aria-labelledby={id}>
      <header className={classes['head']}>
        <h2 id={id} className={classes['title']}>
          {title}
        </h2>
        {note === undefined ? null : <span className={classes['note']}>{note}</span>}
        {actions === undefined ? null : <div className={classes['actions']}>{actions}</div>}
      </header>
      <div className={flush ? undefined : classes['body']}>{children}</div>
    </section>
  );
}
