/** What an address without a page shows. */

import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Empty } from '../parts/states.tsx';

/** The page that is not there. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={<IconMapQuestion size={30} stroke={1.5} aria-hidden />} title={t('page.notFound')} height={360}>
      <Link to="/">{t('page.backHome')}</Link>
    </Empty>
  );
}
