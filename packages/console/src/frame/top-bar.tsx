/** The bar above every page: search, time range, live switch, appearance and language. */

import { IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { sharedSearch } from '../data/search.ts';
import classes from './frame.module.css';
import { Preferences } from './preferences.tsx';
import { RefreshControl } from './refresh-control.tsx';
import { TimeRangePicker } from './time-range-picker.tsx';

/** The bar. */
export function TopBar({ onSearch }: { onSearch(): void }) {
  const { t } = useTranslation();
  return (
    <header className={classes['top']}>
      <Link to="/" search={sharedSearch} className={classes['topBrand']} aria-label="Atalaya">
        <img src="/favicon.svg" alt="" />
      </Link>
      <button type="button" className={classes['search']} onClick={onSearch} aria-keyshortcuts="Control+K">
        <IconSearch size={15} aria-hidden />
        <span>{t('palette.open')}</span>
        <kbd className={classes['kbd']} aria-hidden>
          Ctrl K
        </kbd>
      </button>
      <div className={classes['spacer']} />
      <TimeRangePicker />
      <RefreshControl />
      <Preferences />
    </header>
  );
}
