/** Copying: a button, and a block of text that can be copied. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import classes from './copy.module.css';

/** A button that copies `text`; it says so afterwards, to readers too. */
export function CopyButton({ text, label, icon: Icon = IconCopy }: { text: string; label: string; icon?: typeof IconCopy }) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 1600 });
  const said = clipboard.copied ? t('action.copied') : label;
  return (
    <Tooltip label={said}>
      <ActionIcon size={26} aria-label={said} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? <IconCheck size={15} /> : <Icon size={15} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Text to take into a file or a shell. */
export function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <div className={classes['snippet']}>
      {/* Scrolls sideways on narrow screens, hence focusable. */}
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
