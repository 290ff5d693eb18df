/** Templates of the lines: which there are, how many of each, and when; each can be shown alone or left out. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';

import { streamSelector } from '../../data/logs/edit-query.ts';
import { type PatternRow, patternsQuery } from '../../data/logs/patterns.ts';
import { useFormat } from '../../format/use-format.ts';
import { useRange } from '../../live/range.tsx';
import layout from '../../parts/layout.module.css';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { LevelMark } from './level-mark.tsx';
import classes from './patterns.module.css';
import panel from './logs.module.css';
import { ViewSwitch } from './toolbar.tsx';
import type { Logs } from './use-logs.ts';

/** Rows that are shown; rarer templates are noise. */
const SHOWN = 100;

/** The panel. */
export function PatternsPanel({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range } = useRange();
  const selector = streamSelector(logs.query) ?? '{service_name=~".+"}';
  const patterns = useQuery<readonly PatternRow[], Error, readonly PatternRow[], ReturnType<typeof patternsQuery>['queryKey']>({
    ...patternsQuery(selector, range, Date.now),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const rows = patterns.data ?? [];
  return (
    <section className={layout['panel']} aria-label={t('logs.patterns')}>
      <div className={panel['toolbar']}>
        <ViewSwitch logs={logs} />
        <span className={panel['count']}>
          {patterns.data === undefined ? null : t('logs.patternCount', { count: rows.length, patterns: formats.integer(rows.length) })}
          <span className={panel['cost']}>{t('logs.patternsOf')}</span>
        </span>
      </div>
      {patterns.data === undefined && patterns.error === null ? (
        <div className={panel['inset']}>
          <Loading lines={10} />
        </div>
      ) : null}
      {patterns.data === undefined && patterns.error !== null ? (
        <Failure error={patterns.error} height={220} onRetry={() => void patterns.refetch()} />
      ) : null}
      {patterns.data !== undefined && rows.length === 0 ? (
        <Empty title={t('logs.noPatterns')} height={220}>
          <p>{t('logs.noPatternsAdvice')}</p>
        </Empty>
      ) : null}
      {rows.length === 0 ? null : (
        <div className={classes['scroller']} tabIndex={0} role="group" aria-label={t('logs.patterns')}>
          <table className={classes['table']}>
            <thead>
              <tr>
                <th scope="col">{t('logs.patternLines')}</th>
                <th scope="col">{t('logs.patternShare')}</th>
                <th scope="col">{t('logs.patternTrend')}</th>
                <th scope="col">{t('logs.patternLevel')}</th>
                <th scope="col">{t('logs.pattern')}</th>
                <th scope="col">
                  <span className="at-hidden">{t('logs.patternActs')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, SHOWN).map((row) => (
                <tr key={`${row.level} ${row.pattern}`} data-level={row.level}>
                  <td>{formats.integer(row.count)}</td>
                  <td>{formats.value(row.share, 'ratio')}</td>
                  <td>
                    <Trend values={row.trend} />
                  </td>
                  <td>
                    <LevelMark level={row.level} short />
                  </td>
                  <td className={classes['pattern']}>
                    <PatternText pattern={row.pattern} />
                  </td>
                  <td className={classes['acts']}>
                    <Tooltip label={t('logs.patternOnly')}>
                      <ActionIcon size={26} aria-label={t('logs.patternOnly')} onClick={() => logs.filterPattern(row.pattern, false)}>
                        <IconZoomIn size={15} />
                      </ActionIcon>
                    </Tooltip>
                    <Tooltip label={t('logs.patternWithout')}>
                      <ActionIcon size={26} aria-label={t('logs.patternWithout')} onClick={() => logs.filterPattern(row.pattern, true)}>
                        <IconZoomOut size={15} />
                      </ActionIcon>
                    </Tooltip>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** A template with its gaps made visible. */
function PatternText({ pattern }: { pattern: string }) {
  return pattern.split('<_>').map((text, index) => (
    <Fragment key={index}>
      {index > 0 ? <span className={classes['gap']}>&lt;_&gt;</span> : null}
      {text}
    </Fragment>
  ));
}

const WIDTH = 96;
const HEIGHT = 20;

/** Lines over time as little bars. The numbers stand beside it. */
function Trend({ values }: { values: readonly number[] }) {
  const most = Math.max(...values, 1);
  const each = WIDTH / values.length;
  return (
    <svg width={WIDTH} height={HEIGHT} className={classes['trend']} aria-hidden>
      {values.map((value, i) => {
        const height = value === 0 ? 0 : Math.max((value / most) * HEIGHT, 1.5);
        return <rect key={i} x={i * each} y={HEIGHT - height} width={Math.max(each - 0.5, 0.8)} height={height} />;
      })}
    </svg>
  );
}
