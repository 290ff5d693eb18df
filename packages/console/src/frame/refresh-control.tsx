/** The live switch and how often the page asks again. */

import { Menu } from '@mantine/core';
import { IconChevronDown, IconRefresh } from '@tabler/icons-react';
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { DEFAULT_RANGE, DEFAULT_REFRESH, isLive, REFRESH_INTERVALS, type RefreshName } from '../data/time-range.ts';
import { formatDuration } from '@atalaya/model';
import { useRange } from '../live/range.tsx';
import classes from './frame.module.css';

const CHOICES = (Object.keys(REFRESH_INTERVALS) as RefreshName[]).filter((name) => name !== 'off');

/** The control. A fixed range in the past is never live; switching it on goes back to a range that ends now. */
export function RefreshControl() {
  const { t } = useTranslation();
  const state = useRange();
  const client = useQueryClient();
  const fetching = useIsFetching();
  const chosen = useRef<RefreshName>(DEFAULT_REFRESH);
  useEffect(() => {
    if (state.refresh !== 'off') chosen.current = state.refresh;
  }, [state.refresh]);
  const live = state.refreshMs > 0;

  const toggle = () => {
    if (live) state.setRefresh('off');
    else if (isLive(state.range)) state.setRefresh(chosen.current);
    else {
      state.setRange(
        Number.isFinite(state.span)
          ? { from: `now-${formatDuration(Math.max(Math.round(state.span / 60_000) * 60_000, 300_000))}`, to: 'now' }
          : DEFAULT_RANGE,
      );
      if (state.refresh === 'off') state.setRefresh(chosen.current);
    }
  };

  return (
    <div className={classes['joined']}>
      <button type="button" role="switch" aria-checked={live} className={classes['control']} onClick={toggle}>
        <span className={classes['dot']} aria-hidden />
        <span className="at-hidden">{t('refresh.live')}</span>
        <span className={classes['wide']} aria-hidden>
          {live ? t('refresh.live') : t('refresh.paused')}
        </span>
      </button>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <button type="button" className={`${classes['control']} ${classes['wide']}`}>
            <span className="at-hidden">{t('refresh.interval')}</span>
            {state.refresh === 'off' ? null : state.refresh}
            <IconChevronDown size={14} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRefresh size={15} />} disabled={fetching > 0} onClick={() => void client.invalidateQueries()}>
            {t('refresh.now')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('refresh.interval')}</Menu.Label>
          <Menu.RadioGroup value={state.refresh} onChange={(name) => state.setRefresh(name as RefreshName)}>
            {CHOICES.map((name) => (
              <Menu.RadioItem key={name} value={name}>
                {t('refresh.every', { interval: name })}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
