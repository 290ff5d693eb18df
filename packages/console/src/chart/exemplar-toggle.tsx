/** Switches the exemplars of a chart on and off; nothing where there are none. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconSquareRotated, IconSquareRotatedFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { ShownExemplars } from './use-exemplars.ts';

/** The button. */
export function ExemplarToggle({ shown }: { shown: ShownExemplars }) {
  const { t } = useTranslation();
  if (!shown.any) return null;
  const label = shown.shown ? t('links.hideExemplars') : t('links.showExemplars');
  const Icon = shown.shown ? IconSquareRotatedFilled : IconSquareRotated;
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} aria-pressed={shown.shown} onClick={shown.toggle}>
        <Icon size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
