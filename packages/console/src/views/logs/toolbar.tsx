/** Over the lines: lines or patterns, live, order, looks, download, link; and what the answer cost. */

import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconLink,
  IconPlayerPlayFilled,
  IconSortAscending2,
  IconSortDescending2,
  IconX,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { LogLine } from '../../data/logs/line.ts';
import type { LinesState } from '../../data/logs/line-list.ts';
import type { QueryCost } from '../../data/logs/loki.ts';
import { useFormat } from '../../format/use-format.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { DownloadMenu } from './download-menu.tsx';
import classes from './logs.module.css';
import { LogKeys } from './log-keys.tsx';
import type { Logs } from './use-logs.ts';

interface ToolbarProps {
  readonly logs: Logs;
  readonly lines: readonly LogLine[];
  readonly cost: QueryCost | undefined;
  readonly phase: LinesState['phase'];
  /** All lines of the range are here. */
  readonly complete: boolean;
}

/** The bar over a list of lines. */
export function Toolbar({ logs, lines, cost, phase, complete }: ToolbarProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const oldest = logs.url.order === 'oldest';
  const orderLabel = oldest ? t('logs.oldestFirst') : t('logs.newestFirst');
  return (
    <div className={classes['toolbar']}>
      <ViewSwitch logs={logs} />
      <span className={classes['count']}>
        {phase === 'failed'
          ? null
          : phase === 'loading'
            ? t('state.loading')
            : complete
              ? t('logs.count', { count: lines.length, lines: formats.integer(lines.length) })
              : t('logs.countSoFar', { count: lines.length, lines: formats.integer(lines.length) })}
        {cost === undefined || phase !== 'ready' || cost.lines === 0 ? null : (
          <span className={classes['cost']}>
            {t('logs.cost', {
              count: cost.lines,
              lines: formats.value(cost.lines, 'count'),
              bytes: formats.value(cost.bytes, 'bytes'),
              time: formats.value(cost.duration, 'seconds'),
            })}
          </span>
        )}
      </span>
      <div className={classes['tools']}>
        <Button
          variant="default"
          leftSection={<IconPlayerPlayFilled size={13} />}
          onClick={() => logs.show({ tail: true, tab: undefined as never })}
        >
          {t('logs.tail')}
        </Button>
        <Tooltip label={orderLabel}>
          <ActionIcon aria-label={orderLabel} onClick={() => logs.show({ order: oldest ? (undefined as never) : 'oldest', line: '' })}>
            {oldest ? <IconSortAscending2 size={17} /> : <IconSortDescending2 size={17} />}
          </ActionIcon>
        </Tooltip>
        <LooksMenu logs={logs} />
        <DownloadMenu logs={logs} lines={lines} />
        <CopyButton text={location.href} label={t('logs.share')} icon={IconLink} />
        <LogKeys />
      </div>
      <Columns logs={logs} />
    </div>
  );
}

/** Lines or patterns. */
export function ViewSwitch({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('logs.view')}
      value={logs.url.tab ?? 'lines'}
      onChange={(value) => logs.show(value === 'patterns' ? { tab: 'patterns' } : { tab: undefined as never })}
      data={[
        { value: 'lines', label: t('logs.lines') },
        { value: 'patterns', label: t('logs.patterns') },
      ]}
    />
  );
}

/** How lines look. */
export function LooksMenu({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const { url } = logs;
  return (
    <Menu closeOnItemClick={false} position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={t('logs.looks')}>
          <IconAdjustmentsHorizontal size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.CheckboxItem checked={url.wrap === true} onChange={(wrap) => logs.show({ wrap })}>
          {t('logs.wrap')}
        </Menu.CheckboxItem>
        <Menu.CheckboxItem checked={url.pretty === true} onChange={(pretty) => logs.show({ pretty })}>
          {t('logs.pretty')}
        </Menu.CheckboxItem>
        <Menu.Divider />
        <Menu.Label>{t('logs.zone')}</Menu.Label>
        <Menu.RadioGroup value={logs.zone} onChange={(zone) => logs.show({ utc: zone === 'utc' })}>
          <Menu.RadioItem value="browser">{t('logs.zoneBrowser')}</Menu.RadioItem>
          <Menu.RadioItem value="utc">UTC</Menu.RadioItem>
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The columns that were chosen; each can be taken away. */
function Columns({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  if (logs.columns.length === 0) return null;
  return (
    <div className={classes['columns']} role="group" aria-label={t('table.columns')}>
      <span className="at-muted">{t('table.columns')}</span>
      {logs.columns.map((name) => (
        <button key={name} type="button" aria-label={t('logs.removeColumn', { name })} onClick={() => logs.toggleColumn(name)}>
          {name}
          <IconX size={12} aria-hidden />
        </button>
      ))}
    </div>
  );
}
