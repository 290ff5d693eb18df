/** The frame around every page: navigation, top bar, connection banner, the page itself. */

import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { statusQuery } from '../data/status.ts';
import { usePolled } from '../live/queries.ts';
import { RangeProvider } from '../live/range.tsx';
import { Loading } from '../parts/states.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import classes from './frame.module.css';
import { Navigation } from './navigation.tsx';
import { PAGES } from './pages.ts';
import { TopBar } from './top-bar.tsx';

const CommandPalette = lazy(() => import('./command-palette.tsx'));

/** The whole window. */
export function Frame() {
  return (
    <RangeProvider>
      <FrameInside />
    </RangeProvider>
  );
}

function FrameInside() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const [searching, setSearching] = useState(false);
  const main = useRef<HTMLElement>(null);
  const status = usePolled(statusQuery);
  const page = PAGES.find(({ to }) => to === pathname);
  const host = status.data?.host.name;

  useEffect(() => {
    const name = t(page?.label ?? 'page.notFound');
    document.title = host === undefined ? t('page.title', { page: name }) : t('page.titleOfHost', { page: name, host });
  }, [page, host, t]);

  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setSearching((before) => !before);
    };
    addEventListener('keydown', open);
    return () => removeEventListener('keydown', open);
  }, []);

  // A new page is announced by moving the focus to it, as a browser does when it loads a document.
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className={classes['frame']}>
      <button type="button" className={classes['skip']} onClick={() => main.current?.focus()}>
        {t('frame.skip')}
      </button>
      <Navigation />
      <div className={classes['column']}>
        <TopBar onSearch={() => setSearching(true)} />
        <ConnectionBanner />
        <main ref={main} id="content" className={classes['main']} tabIndex={-1}>
          <Suspense fallback={<Loading height={320} />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {searching ? (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setSearching(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
