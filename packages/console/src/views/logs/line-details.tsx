/** An open line: the whole text, its fields with what can be done with each, and the ways to its surroundings. */

import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  IconArrowsVertical,
  IconChartBar,
  IconColumnInsertLeft,
  IconLink,
  IconTimeline,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { placeOfMetrics, promqlOfLine } from '../../data/links/addresses.ts';
import { around } from '../../data/links/place.ts';
import { type FieldOrigin, type FieldValue, soughtIn } from '../../data/logs/edit-query.ts';
import { fieldsOf } from '../../data/logs/line-fields.ts';
import { markedParts, prettyJson, withoutColours } from '../../data/logs/line-text.ts';
import { lineReference, type LogLine } from '../../data/logs/line.ts';
import { formatMoment, toMilliseconds } from '../../data/logs/nanoseconds.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { linkTo } from '../../parts/place-link.tsx';
import { FieldStatisticsBox } from './field-statistics.tsx';
import { LineContext } from './line-context.tsx';
import { LineTrace } from './line-trace.tsx';
import classes from './lines.module.css';
import { useLineLink } from './use-line-link.ts';
import type { Logs } from './use-logs.ts';

const ORIGINS: readonly FieldOrigin[] = ['stream', 'metadata', 'parsed'];

/** The details. */
export function LineDetails({ line, lines, logs }: { line: LogLine; lines: readonly LogLine[]; logs: Logs }) {
  const { t } = useTranslation();
  const [context, setContext] = useState(false);
  const [counted, setCounted] = useState<string | undefined>(undefined);
  const link = useLineLink(line);
  const fields = useMemo(() => fieldsOf(line), [line]);
  const sought = useMemo(() => soughtIn(logs.query), [logs.query]);
  const text = withoutColours(prettyJson(line.text) ?? line.text);
  const metrics = promqlOfLine(line);
  return (
    <div className={classes['inside']} data-reference={lineReference(line)}>
      <div className={classes['acts']}>
        <span className="at-muted at-figures">{formatMoment(line.time, logs.zone)}</span>
        <CopyButton text={line.text} label={t('logs.copyLine')} />
        <CopyButton text={link} label={t('logs.shareLine')} icon={IconLink} />
        <Button variant="default" size="compact-xs" leftSection={<IconArrowsVertical size={14} />} onClick={() => setContext(true)}>
          {t('logs.context')}
        </Button>
        {metrics === undefined ? null : (
          <Button
            component={Link}
            variant="default"
            size="compact-xs"
            leftSection={<IconTimeline size={14} />}
            {...linkTo(placeOfMetrics([metrics], around(toMilliseconds(line.time))))}
          >
            {t('logs.metrics')}
          </Button>
        )}
        <LineTrace line={line} />
      </div>
      <pre className={classes['whole']} tabIndex={0} aria-label={t('logs.wholeLine')}>
        {markedParts(text, sought).map((part, i) => (part.marked ? <mark key={i}>{part.text}</mark> : part.text))}
      </pre>
      {ORIGINS.map((origin) => {
        const own = fields.filter((field) => field.origin === origin);
        if (own.length === 0) return null;
        return (
          <section key={origin} className={classes['group']}>
            <h3>{t(`logs.origin.${origin}`)}</h3>
            {own.map((field) => (
              <div key={field.name}>
                <FieldRow
                  field={field}
                  logs={logs}
                  counted={counted === field.name}
                  onCount={() => setCounted(counted === field.name ? undefined : field.name)}
                />
                {counted === field.name ? <FieldStatisticsBox name={field.name} lines={lines} /> : null}
              </div>
            ))}
          </section>
        );
      })}
      {context ? <LineContext line={line} logs={logs} onClose={() => setContext(false)} /> : null}
    </div>
  );
}

interface FieldRowProps {
  readonly field: FieldValue;
  readonly logs: Logs;
  readonly counted: boolean;
  onCount(): void;
}

function FieldRow({ field, logs, counted, onCount }: FieldRowProps) {
  const { t } = useTranslation();
  const { name, value } = field;
  const column = logs.columns.includes(name);
  const acts = [
    { key: 'only', label: t('logs.filterFor', { name }), icon: IconZoomIn, pressed: undefined, act: () => logs.filterField(field, false) },
    {
      key: 'without',
      label: t('logs.filterOut', { name }),
      icon: IconZoomOut,
      pressed: undefined,
      act: () => logs.filterField(field, true),
    },
    {
      key: 'column',
      label: column ? t('logs.removeColumn', { name }) : t('logs.addColumn', { name }),
      icon: IconColumnInsertLeft,
      pressed: column,
      act: () => logs.toggleColumn(name),
    },
    { key: 'statistics', label: t('logs.statistics', { name }), icon: IconChartBar, pressed: counted, act: onCount },
  ];
  return (
    <div className={classes['field']}>
      <span className={classes['fieldActs']}>
        {acts.map(({ key, label, icon: Icon, pressed, act }) => (
          <Tooltip key={key} label={label}>
            <ActionIcon size={26} aria-label={label} aria-pressed={pressed} variant={pressed === true ? 'light' : 'subtle'} onClick={act}>
              <Icon size={15} />
            </ActionIcon>
          </Tooltip>
        ))}
        <CopyButton text={value} label={t('logs.copyField', { name })} />
      </span>
      <span className={classes['fieldName']} title={name}>
        {name}
      </span>
      <span className={classes['fieldValue']}>{value}</span>
    </div>
  );
}
