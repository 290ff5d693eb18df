/** The keys of the explorer, for those who do not want to leave the keyboard. */

import { ActionIcon, Popover, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './metrics.module.css';

const KEYS = {
  run: ['Ctrl', 'Enter'],
  complete: ['Ctrl', 'Space'],
  accept: ['Tab'],
  document: ['F1'],
  format: ['Shift', 'Alt', 'F'],
  nextError: ['F8'],
  comment: ['Ctrl', '/'],
  undo: ['Ctrl', 'Z'],
  search: ['Ctrl', 'K'],
} as const;

/** The button and the list it opens. */
export function KeysHelp() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width="min(370px, 94vw)">
      <Popover.Target>
        <Tooltip label={t('keys.title')} disabled={open}>
          <ActionIcon
            size={32}
            variant="default"
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
          {(Object.keys(KEYS) as (keyof typeof KEYS)[]).map((act) => (
            <div key={act}>
              <dt>
                {KEYS[act].map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{t(`keys.${act}`)}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
