/** Lines to take away: those that are loaded, or up to a number read from the server, with progress and a way to stop. */

import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { columnsOf, DOWNLOAD_FORMATS, type DownloadFormat, FILE_TYPES, readLines, writeLines } from '../../data/logs/download.ts';
import type { LogLine } from '../../data/logs/line.ts';
import { queryLines } from '../../data/logs/loki.ts';
import { formatRfc3339, toNanoseconds } from '../../data/logs/nanoseconds.ts';
import { resolveRange } from '../../data/time-range.ts';
import { useFormat } from '../../format/use-format.ts';
import { useRange } from '../../live/range.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Meter } from '../../parts/meter.tsx';
import { Failure } from '../../parts/states.tsx';
import classes from './logs.module.css';
import type { Logs } from './use-logs.ts';

/** As many lines are read for a download at most. */
const AMOUNTS = [10_000, 50_000, 200_000] as const;

/** The button, and the window of a download in progress. */
export function DownloadMenu({ logs, lines }: { logs: Logs; lines: readonly LogLine[] }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const [format, setFormat] = useState<DownloadFormat>('text');
  const [wanted, setWanted] = useState<number | undefined>(undefined);
  const save = (taken: readonly LogLine[]) => {
    const columns = logs.columns.length > 0 ? logs.columns : columnsOf(taken);
    const { extension, type } = FILE_TYPES[format];
    const stamp = formatRfc3339(toNanoseconds(Date.now())).slice(0, 19).replaceAll(/[:T]/g, '-');
    offer(new Blob([writeLines(taken, format, columns)], { type }), `logs-${stamp}.${extension}`);
  };
  return (
    <>
      <Menu position="bottom-end" width={290}>
        <Menu.Target>
          <Tooltip label={t('logs.download')}>
            <ActionIcon aria-label={t('logs.download')}>
              <IconDownload size={17} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('logs.downloadAs')}</Menu.Label>
          <div className={classes['menuRow']}>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={t('logs.downloadAs')}
              value={format}
              onChange={setFormat}
              data={DOWNLOAD_FORMATS.map((name) => ({ value: name, label: t(`logs.format.${name}`) }))}
            />
          </div>
          <Menu.Divider />
          <Menu.Item disabled={lines.length === 0} onClick={() => save(lines)}>
            {t('logs.downloadLoaded', { count: lines.length, lines: formats.integer(lines.length) })}
          </Menu.Item>
          {AMOUNTS.map((amount) => (
            <Menu.Item key={amount} onClick={() => setWanted(amount)}>
              {t('logs.downloadUpTo', { lines: formats.integer(amount) })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {wanted === undefined ? null : <Progress logs={logs} most={wanted} onDone={save} onClose={() => setWanted(undefined)} />}
    </>
  );
}

function offer(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

interface ProgressProps {
  readonly logs: Logs;
  readonly most: number;
  onDone(lines: readonly LogLine[]): void;
  onClose(): void;
}

function Progress({ logs, most, onDone, onClose }: ProgressProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range } = useRange();
  const [count, setCount] = useState<number | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const abort = useRef<AbortController | undefined>(undefined);
  const start = async () => {
    const controller = new AbortController();
    abort.current = controller;
    setError(undefined);
    setCount(0);
    const resolved = resolveRange(range, Date.now());
    const direction = logs.url.order === 'oldest' ? 'forward' : 'backward';
    const question = { query: logs.query, start: toNanoseconds(resolved.start), end: toNanoseconds(resolved.end), direction } as const;
    try {
      onDone(await readLines(queryLines, question, most, setCount, controller.signal));
      onClose();
    } catch (thrown) {
      if (!controller.signal.aborted) setError(thrown);
    }
  };
  const cancel = () => {
    abort.current?.abort();
    onClose();
  };
  const share = (count ?? 0) / most;
  return (
    <Dialog title={t('logs.download')} size={420} onClose={cancel}>
      {error === undefined ? (
        <div className={classes['progress']}>
          <p role="status">
            {count === undefined
              ? t('logs.downloadAsk', { lines: formats.integer(most) })
              : t('logs.downloadRead', { count, lines: formats.integer(count) })}
          </p>
          <Meter share={share} severity="info" label={t('logs.download')} text={formats.value(share, 'ratio')} />
        </div>
      ) : (
        <Failure error={error} onRetry={() => void start()} />
      )}
      <div className={classes['progressActs']}>
        <Button variant="default" onClick={cancel}>
          {t('logs.cancel')}
        </Button>
        <Button data-autofocus loading={count !== undefined && error === undefined} onClick={() => void start()}>
          {t('logs.downloadStart')}
        </Button>
      </div>
    </Dialog>
  );
}
