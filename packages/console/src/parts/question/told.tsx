/** The text of the question that the controls above make, so that it can be learned from and taken along. */

import { CopyButton } from '../copy.tsx';
import classes from './question.module.css';

interface ToldProps {
  /** What the language is called. */
  readonly language: string;
  readonly query: string;
  readonly copyLabel: string;
}

/** The line. */
export function Told({ language, query, copyLabel }: ToldProps) {
  return (
    <div className={classes['told']}>
      <span className={classes['toldName']}>{language}</span>
      <code>{query}</code>
      <CopyButton text={query} label={copyLabel} />
    </div>
  );
}
