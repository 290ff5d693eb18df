/** The frame around every page: navigation, top bar, connection banner, the page itself. */

import { Outlet, useLocation } from '@tanstack/react-router';
import { type ComponentType, Suspense, useEffect, useRef, useState } from 'react';
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

type Palette = ComponentType<{ onClose(): void }>;

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
  const page = PAGES.find(({ to }) => to === pathname || (to !== '/' && pathname.startsWith(`${to}/`)));
  const host = status.data?.host.name;

  useEffect(() => {
    const name = t(page?.label ?? 'page.notFound');
    document.title = host === undefined ? t('page.title', { page: name }) : t('page.titleOfHost', { page: name, host });
  }, [page, host, t]);

  // Fetched when the page has settled, so that Ctrl-K answers at once and no letter typed after it is lost.
  const [Palette, setPalette] = useState<Palette | undefined>(undefined);
  useEffect(() => {
    const load = () => void import('./command-palette.tsx').then((module) => setPalette(() => module.default));
    if (searching) load();
    const timer = setTimeout(load, 2000);
    return () => clearTimeout(timer);
  }, [searching]);

  // Closing gives the focus back to where it was; going somewhere moves it to the new page below.
  const focusBefore = useRef<HTMLElement | null>(null);
  const openSearch = () => {
    focusBefore.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setSearching(true);
  };
  const closeSearch = () => {
    setSearching(false);
    requestAnimationFrame(() => focusBefore.current?.focus({ preventScroll: true }));
  };
  const toggle = useRef(openSearch);
  useEffect(() => {
    toggle.current = searching ? closeSearch : openSearch;
  });

  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      toggle.current();
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
        <TopBar onSearch={openSearch} />
        <ConnectionBanner />
        <main ref={main} id="content" className={classes['main']} tabIndex={-1}>
          <Suspense fallback={<Loading height={320} />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {searching && Palette !== undefined ? <Palette onClose={closeSearch} /> : null}
    </div>
  );
}
