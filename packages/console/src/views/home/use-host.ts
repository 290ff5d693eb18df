/** This host's data as Home's parts use it; parts that ask for the same share one request. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import {
  cpuBusy,
  cpuFrame,
  type Disk,
  disks as disksOf,
  hostQueries,
  joinFrame,
  lastValue,
  loadFrame,
  memoryFrame,
  memoryUsed,
} from '../../data/host.ts';
import type { Frame } from '../../data/series.ts';
import type { Status } from '../../data/status.ts';
import { chooseStep, rateWindow } from '../../data/time-range.ts';
import { useInstantQuery, usePastQuery, useRangeQuery } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';

/** The host that the status names. */
export type Host = Status['host'];

/** Points per chart on Home. */
const POINTS = 240;
const EMPTY: Frame = { times: [], series: [] };

/** The expressions for the page's range. */
export function useHostQueries(host: Host) {
  const { span } = useRange();
  const window = rateWindow(chooseStep(span, POINTS));
  return useMemo(() => hostQueries({ job: host.job, instance: host.instance }, window), [host.job, host.instance, window]);
}

/** A chart's data with its state. */
export interface ChartState {
  readonly frame: Frame;
  readonly loading: boolean;
  readonly error: Error | null;
  retry(): void;
}

interface Question {
  readonly isPending: boolean;
  readonly error: Error | null;
  refetch(): unknown;
}

function chartOf(frame: Frame, questions: readonly Question[]): ChartState {
  return {
    frame,
    loading: questions.some((question) => question.isPending),
    error: questions.find((question) => question.error !== null)?.error ?? null,
    retry: () => questions.forEach((question) => void question.refetch()),
  };
}

/** CPU by mode, and how busy all CPUs are together. */
export function useCpu(host: Host) {
  const question = useRangeQuery(useHostQueries(host).cpu, { points: POINTS });
  const { data } = question;
  const frame = useMemo(() => (data ? cpuFrame(data.data, data.window) : EMPTY), [data]);
  const busy = useMemo(() => (data ? lastValue(cpuBusy(data.data, data.window)) : undefined), [data]);
  return { chart: chartOf(frame, [question]), busy };
}

/** Memory by part, and what is in use. */
export function useMemory(host: Host) {
  const { t } = useTranslation();
  const question = useRangeQuery(useHostQueries(host).memory, { points: POINTS });
  const { data } = question;
  const frame = useMemo(() => (data ? memoryFrame(data.data, data.window, (part) => t(`home.memoryPart.${part}`)) : EMPTY), [data, t]);
  const use = useMemo(() => (data ? memoryUsed(data.data, data.window) : undefined), [data]);
  return { chart: chartOf(frame, [question]), use };
}

/** Load over 1, 5 and 15 minutes. */
export function useLoad(host: Host): ChartState {
  const { t } = useTranslation();
  const question = useRangeQuery(useHostQueries(host).load, { points: POINTS });
  const { data } = question;
  const frame = useMemo(() => (data ? loadFrame(data.data, data.window, (minutes) => t('home.loadOver', { minutes })) : EMPTY), [data, t]);
  return chartOf(frame, [question]);
}

/** Bytes in and out of the network devices. */
export function useNetwork(host: Host): ChartState {
  const { t } = useTranslation();
  const queries = useHostQueries(host);
  return usePair(queries.networkIn, queries.networkOut, t('home.received'), t('home.sent'));
}

/** Bytes read from and written to the disks. */
export function useDiskTraffic(host: Host): ChartState {
  const { t } = useTranslation();
  const queries = useHostQueries(host);
  return usePair(queries.diskRead, queries.diskWrite, t('home.read'), t('home.written'));
}

function usePair(first: string, second: string, firstName: string, secondName: string): ChartState {
  const one = useRangeQuery(first, { points: POINTS });
  const two = useRangeQuery(second, { points: POINTS });
  const a = one.data;
  const b = two.data;
  const frame = useMemo(
    () =>
      a && b
        ? joinFrame(
            [
              ['first', firstName, a.data],
              ['second', secondName, b.data],
            ],
            a.window,
          )
        : EMPTY,
    [a, b, firstName, secondName],
  );
  return chartOf(frame, [one, two]);
}

/** The share of time in which something waited for CPU, disk or memory. */
export function usePressure(host: Host): ChartState {
  const { t } = useTranslation();
  const queries = useHostQueries(host);
  const cpu = useRangeQuery(queries.pressureCpu, { points: POINTS });
  const io = useRangeQuery(queries.pressureIo, { points: POINTS });
  const memory = useRangeQuery(queries.pressureMemory, { points: POINTS });
  const a = cpu.data;
  const b = io.data;
  const c = memory.data;
  const frame = useMemo(
    () =>
      a && b && c
        ? joinFrame(
            [
              ['cpu', t('home.pressureOf.cpu'), a.data],
              ['io', t('home.pressureOf.io'), b.data],
              ['memory', t('home.pressureOf.memory'), c.data],
            ],
            a.window,
          )
        : EMPTY,
    [a, b, c, t],
  );
  return chartOf(frame, [cpu, io, memory]);
}

/** File systems with what can be said about their future. */
export interface DisksState {
  readonly disks: readonly Disk[];
  readonly loading: boolean;
  readonly error: Error | null;
  retry(): void;
}

const NO_HOST: Host = { name: '', os: '', kernel: '', cpus: 0, memoryBytes: 0, job: '', instance: '', collectorEnabled: true };
/** The past that a forecast is made of: a week in points of an hour, whatever range the page shows. */
const PAST = { range: { from: 'now-7d', to: 'now' }, step: 3_600_000, every: 600_000 };

/** The file systems; waits until the host is known. */
export function useDisks(host: Host | undefined): DisksState {
  const queries = useHostQueries(host ?? NO_HOST);
  const enabled = host !== undefined;
  const free = useInstantQuery(queries.filesystemFree, { enabled });
  const size = useInstantQuery(queries.filesystemSize, { enabled });
  const past = usePastQuery(queries.filesystemFree, { ...PAST, enabled });
  const disks = useMemo(() => {
    const now = free.data?.data;
    const all = size.data?.data;
    return now?.resultType === 'vector' && all?.resultType === 'vector' ? disksOf(now.result, all.result, past.data?.data ?? []) : [];
  }, [free.data, size.data, past.data]);
  return {
    disks,
    loading: free.isPending || size.isPending || past.isPending,
    error: free.error ?? size.error,
    retry: () => void Promise.all([free.refetch(), size.refetch(), past.refetch()]),
  };
}
