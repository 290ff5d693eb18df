/** This host over time: six charts with one crosshair. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { ChartPanel } from '../../chart/chart-panel.tsx';
import classes from './home.module.css';
import { type ChartState, type Host, useCpu, useDiskTraffic, useLoad, useMemory, useNetwork, usePressure } from './use-host.ts';

/** The charts. */
export function HostCharts({ host }: { host: Host }) {
  const { t } = useTranslation();
  const cpu = useCpu(host).chart;
  const memory = useMemory(host).chart;
  const network = useNetwork(host);
  const disk = useDiskTraffic(host);
  const load = useLoad(host);
  const pressure = usePressure(host);
  const cpus = useMemo(() => ({ value: host.cpus, label: t('home.cpus', { count: host.cpus }) }), [host.cpus, t]);
  const emptyText = host.collectorEnabled ? t('home.noHostData') : t('home.collectorOff');
  const context = useMemo(() => ({ host: host.name }), [host.name]);
  const shared = (chart: ChartState) => ({
    context,
    frame: chart.frame,
    loading: chart.loading,
    error: chart.error,
    onRetry: chart.retry,
    emptyText,
  });
  return (
    <div className={classes['charts']}>
      <ChartPanel title={t('home.chart.cpu')} note={t('home.chart.cpuNote')} unit="ratio" stacked ceiling={1} {...shared(cpu)} />
      <ChartPanel title={t('home.chart.memory')} unit="bytes" stacked ceiling={host.memoryBytes} {...shared(memory)} />
      <ChartPanel title={t('home.chart.network')} unit="bytes/s" {...shared(network)} />
      <ChartPanel title={t('home.chart.disk')} unit="bytes/s" {...shared(disk)} />
      <ChartPanel title={t('home.chart.load')} unit="none" ceiling={host.cpus} threshold={cpus} {...shared(load)} />
      <ChartPanel title={t('home.chart.pressure')} note={t('home.chart.pressureNote')} unit="ratio" ceiling={0.1} {...shared(pressure)} />
    </div>
  );
}
