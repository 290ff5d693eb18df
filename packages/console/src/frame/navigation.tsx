/** The way between the pages, with badges where something is wrong; a bar at the bottom on narrow screens. */

import { Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { recall, remember } from '../data/remembered.ts';
import { sharedSearch } from '../data/search.ts';
import { statusQuery } from '../data/status.ts';
import { countTargets, targetsQuery } from '../data/targets.ts';
import { usePolled } from '../live/queries.ts';
import classes from './frame.module.css';
import { PAGES } from './pages.ts';

/** The navigation. */
export function Navigation() {
  const { t } = useTranslation();
  const [collapsed, setCollapsed] = useState(() => recall('navigation-collapsed', false));
  const badges = useBadges();
  const toggle = () => {
    remember('navigation-collapsed', !collapsed);
    setCollapsed(!collapsed);
  };
  const Toggle = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav className={classes['nav']} data-collapsed={collapsed || undefined} aria-label={t('frame.navigation')}>
      <Link to="/" search={sharedSearch} className={classes['brand']} aria-label="Atalaya">
        <img src="/favicon.svg" alt="" />
        <span>Atalaya</span>
      </Link>
      <div className={classes['links']}>
        {PAGES.map(({ to, label, icon: Icon }) => (
          <Tooltip key={to} label={t(label)} position="right" disabled={!collapsed}>
            <Link to={to} search={sharedSearch} className={classes['link']} activeOptions={{ exact: to === '/', includeSearch: false }}>
              <Icon size={18} stroke={1.8} aria-hidden />
              <span className={classes['label']}>{t(label)}</span>
              {badges[to] === undefined ? null : (
                <span className={classes['badge']}>
                  <span aria-hidden>{badges[to].text}</span>
                  <span className="at-hidden">{badges[to].said}</span>
                </span>
              )}
            </Link>
          </Tooltip>
        ))}
      </div>
      <div className={classes['navFoot']}>
        <button type="button" className={classes['link']} onClick={toggle} aria-expanded={!collapsed}>
          <Toggle size={18} stroke={1.8} aria-hidden />
          <span className={classes['label']}>{t('frame.collapse')}</span>
        </button>
      </div>
    </nav>
  );
}

/** What is wrong, by page: how many targets are down, whether the engine is away. */
function useBadges(): Partial<Record<string, { text: string; said: string }>> {
  const { t } = useTranslation();
  const targets = usePolled(targetsQuery);
  const status = usePolled(statusQuery);
  const down = countTargets(targets.data?.activeTargets ?? []).down;
  const engine = status.data?.engine.state;
  return {
    ...(down > 0 ? { '/targets': { text: String(down), said: t('frame.badge.targetsDown', { count: down }) } } : {}),
    ...(engine === 'down' || engine === 'stopping' ? { '/status': { text: '!', said: t('frame.badge.engineDown') } } : {}),
  };
}
