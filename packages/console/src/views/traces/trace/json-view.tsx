/** The trace as OTLP JSON: only the lines in sight are drawn. */

import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { LoadedTrace } from '../../../data/traces/tempo.ts';
import { useFormat } from '../../../format/use-format.ts';
import { CopyButton } from '../../../parts/copy.tsx';
import { Panel } from '../../../parts/panel.tsx';
import classes from './json-view.module.css';
import { saveTrace } from './save.ts';

const LINE = 18;
/** Browsers draw nothing that is higher than some millions of pixels. */
const MOST_LINES = 400_000;

/** The text. */
export function JsonView({ loaded }: { loaded: LoadedTrace }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const text = useMemo(() => JSON.stringify(loaded.json, null, 2), [loaded.json]);
  const lines = useMemo(() => text.split('\n'), [text]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: Math.min(lines.length, MOST_LINES),
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 20,
  });
  return (
    <Panel
      title={t('trace.json.title')}
      {...(lines.length > MOST_LINES ? { note: t('trace.json.cut', { lines: formats.integer(MOST_LINES) }) } : {})}
      actions={
        <>
          <CopyButton text={text} label={t('trace.json.copy')} />
          <Button variant="default" leftSection={<IconDownload size={15} />} onClick={() => saveTrace(loaded)}>
            {t('trace.download')}
          </Button>
        </>
      }
      flush
    >
      <div ref={scroller} className={classes['scroller']} tabIndex={0} role="group" aria-label={t('trace.json.title')}>
        <pre style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => (
            <span key={item.index} style={{ transform: `translateY(${item.start}px)` }}>
              {lines[item.index]}
            </span>
          ))}
        </pre>
      </div>
    </Panel>
  );
}
