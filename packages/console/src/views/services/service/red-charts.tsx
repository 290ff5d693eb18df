/** Rate, failures and durations of a service over time, with the exemplars of its durations. */

import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { ChartPanel } from '../../../chart/chart-panel.tsx';
import { ExemplarToggle } from '../../../chart/exemplar-toggle.tsx';
import { LEVEL_COLOURS, PALETTE } from '../../../chart/palette.ts';
import { useExemplars } from '../../../chart/use-exemplars.ts';
import { joinFrame } from '../../../data/host.ts';
import { type Frame, frameOf } from '../../../data/series.ts';
import { serviceCharts, type SpanChoice } from '../../../data/services/queries.ts';
import { chooseStep, rateWindow } from '../../../data/time-range.ts';
import { useRangeQuery } from '../../../live/queries.ts';
import { useRange } from '../../../live/range.tsx';
import classes from './service.module.css';

const POINTS = 240;
const EMPTY: Frame = { times: [], series: [] };
const NAMES = { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 } as const;
type StatusName = keyof typeof NAMES;

/** The charts. */
export function RedCharts({ choice }: { choice: SpanChoice }) {
  const { t } = useTranslation();
  const { span } = useRange();
  const scheme = useComputedColorScheme('light');
  const queries = useMemo(() => serviceCharts(choice, rateWindow(chooseStep(span, POINTS))), [choice, span]);
  const rate = useRangeQuery(queries.rate, { points: POINTS });
  const errors = useRangeQuery(queries.errors, { points: POINTS });
  const p50 = useRangeQuery(queries.p50, { points: POINTS });
  const p95 = useRangeQuery(queries.p95, { points: POINTS });
  const p99 = useRangeQuery(queries.p99, { points: POINTS });
  const exemplars = useExemplars(useMemo(() => [queries.p95], [queries.p95]));
  const context = useMemo(
    () => ({ service_name: choice.service, ...(choice.operation === undefined ? {} : { span_name: choice.operation }) }),
    [choice],
  );

  const rateFrame = useMemo(() => {
    if (rate.data === undefined) return EMPTY;
    const frame = frameOf(rate.data.data, rate.data.window, ({ status_code: status = '' }) =>
      status in NAMES ? t(`service.status.${status as StatusName}`) : status,
    );
    const place = (status = '') => NAMES[status as StatusName] ?? -1;
    return { ...frame, series: frame.series.toSorted((a, b) => place(a.labels['status_code']) - place(b.labels['status_code'])) };
  }, [rate.data, t]);
  const statuses = rateFrame.series.map(({ labels }) => labels['status_code'] ?? '').join();
  const colours = useMemo(() => {
    const of: Record<string, string> = { STATUS_CODE_ERROR: LEVEL_COLOURS[scheme].error, STATUS_CODE_OK: PALETTE[scheme][3] };
    return statuses.split(',').map((status) => of[status] ?? LEVEL_COLOURS[scheme].info);
  }, [statuses, scheme]);
  const errorColours = useMemo(() => [LEVEL_COLOURS[scheme].error], [scheme]);
  const errorFrame = useMemo(
    () => (errors.data === undefined ? EMPTY : frameOf(errors.data.data, errors.data.window, () => t('services.errors'))),
    [errors.data, t],
  );
  const durations = useMemo(() => {
    const [a, b, c] = [p50.data, p95.data, p99.data];
    if (a === undefined || b === undefined || c === undefined) return EMPTY;
    return joinFrame(
      [
        ['p50', 'p50', a.data],
        ['p95', 'p95', b.data],
        ['p99', 'p99', c.data],
      ],
      b.window,
    );
  }, [p50.data, p95.data, p99.data]);
  const state = (frame: Frame, ...questions: { isPending: boolean; error: Error | null; refetch(): unknown }[]) => ({
    frame,
    loading: questions.some(({ isPending }) => isPending),
    error: questions.find(({ error }) => error !== null)?.error ?? null,
    onRetry: () => questions.forEach((question) => void question.refetch()),
    emptyText: t('service.noSlow'),
    context,
  });
  return (
    <div className={classes['charts']}>
      <ChartPanel title={t('service.rateByStatus')} unit="per-second" stacked colours={colours} {...state(rateFrame, rate)} />
      <ChartPanel title={t('service.share')} unit="ratio" ceiling={0.01} colours={errorColours} {...state(errorFrame, errors)} />
      <ChartPanel
        title={t('service.duration')}
        unit="seconds"
        exemplars={exemplars}
        actions={exemplars.any ? <ExemplarToggle shown={exemplars} /> : undefined}
        {...state(durations, p50, p95, p99)}
      />
    </div>
  );
}
