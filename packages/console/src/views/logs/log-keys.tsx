/** The keys of the logs page. */

import { ActionIcon, Popover, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './logs.module.css';

const KEYS = {
  find: ['/'],
  next: ['j', '↓'],
  previous: ['k', '↑'],
  open: ['Enter'],
  ends: ['Home', 'End'],
  run: ['Ctrl', 'Enter'],
} as const;

/** The button and the list it opens. */
export function LogKeys() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width="min(330px, 94vw)">
      <Popover.Target>
        <Tooltip label={t('keys.title')} disabled={open}>
          <ActionIcon
            aria-label={t('keys.title')}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
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
              <dd>{t(`logs.keys.${act}`)}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
