/** A window over the page with a title and a way out. */

import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly size: number | string;
  readonly children: ReactNode;
  onClose(): void;
}

/** The window. Its head is no `header` element: that would be a second banner of the page. */
export function Dialog({ title, size, children, onClose }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal.Root opened onClose={onClose} size={size} transitionProps={{ duration: 0 }}>
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content radius={10}>
        <div className={classes['head']}>
          <Modal.Title className={classes['title']}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('action.close')} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
