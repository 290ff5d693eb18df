/** The logs page: a search or LogQL, the volume over time, and the lines, their patterns, or the numbers made of them. */

import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { recall, remember } from '../../data/remembered.ts';
import layout from '../../parts/layout.module.css';
import { LogqlExamples } from './examples.tsx';
import { Facets } from './facets.tsx';
import { LinesPanel } from './lines-panel.tsx';
import classes from './logs.module.css';
import { LogNumbersPanel } from './numbers-panel.tsx';
import { PatternsPanel } from './patterns-panel.tsx';
import { QueryPanel } from './query-panel.tsx';
import { TailPanel } from './tail-panel.tsx';
import { useLogs } from './use-logs.ts';
import { VolumePanel } from './volume-panel.tsx';

/** The page. */
export function LogsView() {
  const { t } = useTranslation();
  const logs = useLogs();
  const wide = useMediaQuery('(min-width: 1180px)', true);
  const [docked, setDocked] = useState(() => !recall('log-facets-closed', false));
  const [drawer, setDrawer] = useState(false);
  const page = useRef<HTMLDivElement>(null);

  const toggleFacets = () => {
    if (!wide) return setDrawer(!drawer);
    remember('log-facets-closed', docked);
    setDocked(!docked);
  };

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable="true"]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const field = page.current?.querySelector<HTMLElement>('[data-search-field], .cm-content');
      if (field == null) return;
      event.preventDefault();
      field.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const numbers = logs.read.kind === 'numbers';
  const wrong = logs.read.kind === 'wrong';
  const facets = numbers || wrong ? null : <Facets logs={logs} />;
  const beside = wide && docked && facets !== null;
  return (
    <div ref={page} className={classes['page']} data-facets={beside || undefined}>
      {beside ? <aside className={classes['aside']}>{facets}</aside> : null}
      <div className={layout['column']}>
        <h1 className="at-hidden">{t('page.logs')}</h1>
        <QueryPanel logs={logs} facetsOpen={wide ? docked : drawer} onToggleFacets={facets === null ? undefined : toggleFacets} />
        {numbers ? <LogNumbersPanel query={logs.query} /> : null}
        {wrong ? <LogqlExamples logs={logs} /> : null}
        {numbers || wrong ? null : logs.url.tail === true ? (
          <TailPanel logs={logs} />
        ) : (
          <>
            <VolumePanel logs={logs} />
            {logs.url.tab === 'patterns' ? <PatternsPanel logs={logs} /> : <LinesPanel logs={logs} />}
          </>
        )}
      </div>
      {wide || facets === null ? null : (
        <Drawer opened={drawer} onClose={() => setDrawer(false)} title={t('logs.facets')} size={320} position="left">
          {facets}
        </Drawer>
      )}
    </div>
  );
}
