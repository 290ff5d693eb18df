/** Questions to begin with, each with what it is for; a click asks one. */

import { IconArrowRight } from '@tabler/icons-react';

import { Panel } from '../panel.tsx';
import classes from './examples.module.css';

interface ExamplesProps {
  readonly title: string;
  readonly examples: readonly { readonly name: string; readonly query: string }[];
  onAsk(query: string): void;
}

/** The list. */
export function Examples({ title, examples, onAsk }: ExamplesProps) {
  return (
    <Panel title={title} flush>
      <ul className={classes['examples']}>
        {examples.map(({ name, query }) => (
          <li key={query}>
            <button type="button" onClick={() => onAsk(query)}>
              <span>
                <strong>{name}</strong>
                <code>{query}</code>
              </span>
              <IconArrowRight size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
