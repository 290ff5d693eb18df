/** Found traces as a list: what each was, when, how long beside the others, and which services had to do with it. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { placeOfTrace } from '../../data/links/addresses.ts';
import type { FoundTrace, ServicePart } from '../../data/traces/tempo.ts';
import type { TimeRangeText } from '../../data/time-range.ts';
import { shortId } from '../../data/traces/trace-id.ts';
import { useFormat } from '../../format/use-format.ts';
import { linkTo, PlaceLink } from '../../parts/place-link.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Ago } from '../../parts/time.tsx';
import { useTraceTexts } from './texts.ts';
import classes from './trace-list.module.css';

interface TraceListProps {
  readonly traces: readonly FoundTrace[];
  readonly pointed: string | undefined;
  onPoint(id: string | undefined): void;
  /** Chosen for comparison. */
  readonly picked: readonly string[];
  onPick(id: string): void;
  readonly range: TimeRangeText;
}

/** The list. */
export function TraceList({ traces, pointed, onPoint, picked, onPick, range }: TraceListProps) {
  const { t } = useTranslation();
  const longest = traces.reduce((most, { duration }) => Math.max(most, duration), 1);
  return (
    <ol className={classes['list']} aria-label={t('traces.results')} onPointerLeave={() => onPoint(undefined)}>
      {traces.map((trace) => (
        <TraceRow
          key={trace.id}
          trace={trace}
          longest={longest}
          pointed={trace.id === pointed}
          picked={picked.includes(trace.id)}
          from={range.from}
          to={range.to}
          onPoint={onPoint}
          onPick={onPick}
        />
      ))}
    </ol>
  );
}

interface TraceRowProps {
  readonly trace: FoundTrace;
  readonly longest: number;
  readonly pointed: boolean;
  readonly picked: boolean;
  readonly from: string;
  readonly to: string;
  onPoint(id: string | undefined): void;
  onPick(id: string): void;
}

const same = (a: TraceRowProps, b: TraceRowProps) =>
  a.trace === b.trace && a.longest === b.longest && a.pointed === b.pointed && a.picked === b.picked && a.from === b.from && a.to === b.to;

const TraceRow = memo(function TraceRow({ trace, longest, pointed, picked, from, to, onPoint, onPick }: TraceRowProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const texts = useTraceTexts();
  const [open, setOpen] = useState(false);
  const place = placeOfTrace(trace.id, { from, to });
  const name = texts.name(trace);
  return (
    <li className={classes['item']} data-trace={trace.id} data-pointed={pointed || undefined} data-bad={trace.errors > 0 || undefined}>
      <div className={classes['row']} onPointerEnter={() => onPoint(trace.id)}>
        <input
          type="checkbox"
          className={classes['pick']}
          aria-label={`${t('traces.pick')}: ${name}`}
          checked={picked}
          onChange={() => onPick(trace.id)}
        />
        <Link {...(linkTo(place) as { to: '/' })} className={classes['main']} onFocus={() => onPoint(trace.id)}>
          <span className={classes['name']}>
            {trace.errors > 0 ? <SeverityIcon severity="critical" size={15} /> : null}
            {trace.service === '' && trace.operation === '' ? (
              <em>{t('traces.rootMissing')}</em>
            ) : (
              <>
                <b>{trace.service}</b> <span className={classes['operation']}>{trace.operation}</span>
              </>
            )}
            <code>{shortId(trace.id)}</code>
          </span>
          <span className={classes['duration']}>
            <span className={classes['track']}>
              <span className={classes['bar']} style={{ width: `${Math.max((trace.duration / longest) * 100, 0.6)}%` }} />
            </span>
            <span className="at-figures">{texts.duration(trace.duration)}</span>
          </span>
        </Link>
        <span className={classes['when']}>
          <Ago since={trace.start} />
        </span>
        <Services trace={trace} />
        <span className={classes['counts']}>
          {t('traces.spans', { count: trace.spans, spans: formats.integer(trace.spans) })}
          {trace.errors === 0 ? null : (
            <span className={classes['errors']}>{t('traces.errors', { count: trace.errors, errors: formats.integer(trace.errors) })}</span>
          )}
          {trace.matched > 0 && trace.matched < trace.spans ? (
            <span className="at-muted">{t('traces.matched', { count: trace.matched, matched: formats.integer(trace.matched) })}</span>
          ) : null}
        </span>
        {trace.examples.length === 0 ? null : (
          <Tooltip label={t('traces.showMatched')}>
            <ActionIcon
              size={26}
              className={classes['opener']}
              aria-label={`${t('traces.showMatched')}: ${name}`}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              <IconChevronRight size={15} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {open ? <Matched trace={trace} from={from} to={to} /> : null}
    </li>
  );
}, same);

const SHOWN_SERVICES = 5;

/** The services with their spans; those with errors are marked. */
function Services({ trace: { services } }: { trace: FoundTrace }) {
  const { t } = useTranslation();
  const formats = useFormat();
  // A service with errors is never among those that are left out.
  const shown = services
    .toSorted((a, b) => Number(b.errors > 0) - Number(a.errors > 0))
    .slice(0, SHOWN_SERVICES)
    .sort((a, b) => services.indexOf(a) - services.indexOf(b));
  const said = ({ service, spans, errors }: ServicePart) =>
    errors === 0
      ? t('traces.serviceSpans', { count: spans, service, spans: formats.integer(spans) })
      : t('traces.serviceErrors', { count: spans, service, errors: formats.integer(errors) });
  return (
    <span className={classes['services']}>
      {shown.map((part) => (
        <span key={part.service} className={classes['service']} data-bad={part.errors > 0 || undefined} title={said(part)}>
          <span className="at-hidden">{said(part)}</span>
          <span aria-hidden>
            {part.service} <b>{formats.value(part.spans, 'count')}</b>
            {part.errors === 0 ? null : <i> ✕ {formats.value(part.errors, 'count')}</i>}
          </span>
        </span>
      ))}
      {services.length > shown.length ? (
        <span className={classes['service']}>{t('traces.moreServices', { count: services.length - shown.length })}</span>
      ) : null}
    </span>
  );
}

/** Some of the spans that fit the question; each opens the trace at itself. */
function Matched({ trace, from, to }: { trace: FoundTrace; from: string; to: string }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const rest = trace.matched - trace.examples.length;
  return (
    <ul className={classes['matched']} aria-label={t('traces.matchedSpans')}>
      {trace.examples.map((span) => (
        <li key={span.id}>
          <PlaceLink place={placeOfTrace(trace.id, { from, to }, span.id)}>{span.name === '' ? span.id : span.name}</PlaceLink>
          <span className="at-figures">{formats.value(span.duration / 1e9, 'seconds')}</span>
        </li>
      ))}
      {rest > 0 ? <li className="at-muted">{t('traces.moreMatched', { spans: formats.integer(rest) })}</li> : null}
    </ul>
  );
}
