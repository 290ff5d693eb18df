/** The keys of a page behind a button, for those who do not want to leave the keyboard. */

import { ActionIcon, Popover, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './keys-help.module.css';

/** What a few keys do. */
export interface KeyHelp {
  /** Pressed together, or each of them. */
  readonly keys: readonly string[];
  readonly does: string;
}

/** The button and the list it opens; `framed` gives it the look of the buttons beside an editor. */
export function KeysHelp({ keys, framed = false }: { keys: readonly KeyHelp[]; framed?: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position={framed ? 'bottom-start' : 'bottom-end'} width="min(370px, 94vw)">
      <Popover.Target>
        <Tooltip label={t('keys.title')} disabled={open}>
          <ActionIcon
            {...(framed ? { size: 32, variant: 'default' } : {})}
            aria-label={t('keys.title')}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            // The list has nothing to focus: the focus stays here.
            onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
          >
            <IconKeyboard size={17} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('keys.title')}>
        <dl className={classes['keys']}>
          {keys.map(({ keys: pressed, does }) => (
            <div key={does}>
              <dt>
                {pressed.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
