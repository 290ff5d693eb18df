/** The details of a span: what it was, its attributes, what happened in it, what it refers to, where it comes from, its log lines. */

import { ActionIcon, Button } from '@mantine/core';
import { IconArrowUp, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { placesOfSpan, placeOfTrace } from '../../../data/links/addresses.ts';
import { instantOf, type TraceSpan } from '../../../data/traces/span.ts';
import { useFormat } from '../../../format/use-format.ts';
import { CopyButton } from '../../../parts/copy.tsx';
import { linkTo, PlaceLink } from '../../../parts/place-link.tsx';
import { StateBadge } from '../../../parts/severity.tsx';
import { AttributeTable } from './attribute-table.tsx';
import classes from './details.module.css';
import { SpanEvents } from './span-events.tsx';
import { SpanLogs } from './span-logs.tsx';
import type { TraceState } from './use-trace.ts';

interface SpanDetailsProps {
  readonly state: TraceState;
  readonly place: number;
  colourOf(service: string): string;
  onGo(place: number): void;
}

/** The details. */
export function SpanDetails({ state, place, colourOf, onGo }: SpanDetailsProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { tree, path } = state;
  const span = tree.spans[place] as TraceSpan;
  const parent = tree.parent[place] as number;
  const time = (nanoseconds: number) => formats.value(nanoseconds / 1e9, 'seconds');
  const stretches = path.get(place) ?? [];
  const critical = stretches.reduce((sum, at, i) => sum + (i % 2 === 1 ? at : -at), 0);
  const begin = instantOf(tree.trace, span.start);
  const places = placesOfSpan({
    traceId: tree.trace.id,
    spanId: span.id,
    start: begin,
    end: begin + span.duration / 1e6,
    resource: Object.fromEntries(span.origin.resource.map(({ key, value }) => [key, value])),
  });
  const facts = [
    { name: t('trace.duration'), value: time(span.duration) },
    {
      name: t('trace.self'),
      value: `${time(tree.self[place] ?? 0)} (${formats.value((tree.self[place] ?? 0) / Math.max(span.duration, 1), 'ratio')})`,
    },
    { name: t('trace.startsAt'), value: time(tree.starts[place] ?? 0) },
    { name: t('trace.kind'), value: t(`trace.kinds.${span.kind}`) },
    ...(critical > 0
      ? [
          {
            name: t('trace.critical'),
            value: t('trace.criticalShare', {
              duration: time(critical),
              share: formats.value(critical / Math.max(tree.duration, 1), 'ratio'),
            }),
          },
        ]
      : []),
  ];
  return (
    <div className={classes['inside']} data-details={span.id}>
      <div className={classes['head']}>
        <h2>
          <span className={classes['service']}>
            <i style={{ background: colourOf(span.origin.service) }} aria-hidden />
            {span.origin.service}
          </span>
          {span.name}
        </h2>
        <ActionIcon aria-label={t('trace.close')} onClick={() => state.choose(undefined)}>
          <IconX size={17} />
        </ActionIcon>
      </div>
      {span.status === 'unset' ? null : (
        <p className={classes['status']} data-bad={span.status === 'error' || undefined}>
          <StateBadge severity={span.status === 'error' ? 'critical' : 'ok'}>{t(`trace.status.${span.status}`)}</StateBadge>
          {span.statusMessage}
        </p>
      )}
      <dl className={classes['facts']}>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className={classes['ways']}>
        {parent < 0 ? null : (
          <Button variant="default" size="compact-xs" leftSection={<IconArrowUp size={13} />} onClick={() => onGo(parent)}>
            {t('trace.toParent')}
          </Button>
        )}
        {places.service === undefined ? null : (
          <Button component={Link} variant="default" size="compact-xs" {...linkTo(places.service)}>
            {t('trace.servicePage')}
          </Button>
        )}
        {places.host === undefined ? null : (
          <Button component={Link} variant="default" size="compact-xs" {...linkTo(places.host)}>
            {t('trace.hostMetrics')}
          </Button>
        )}
      </div>
      <Section title={t('trace.attributes')} count={span.attributes.length}>
        <AttributeTable state={state} scope="span" attributes={span.attributes} />
      </Section>
      {span.events.length === 0 ? null : (
        <Section title={t('trace.events')} count={span.events.length}>
          <SpanEvents state={state} span={span} />
        </Section>
      )}
      {span.links.length === 0 ? null : (
        <Section title={t('trace.links')} count={span.links.length}>
          <ul className={classes['links']}>
            {span.links.map((link) => (
              <li key={`${link.traceId} ${link.spanId}`}>
                <PlaceLink place={placeOfTrace(link.traceId, undefined, link.spanId)} aria-label={`${t('trace.openLink')} ${link.traceId}`}>
                  <code>{link.traceId}</code>
                </PlaceLink>{' '}
                {link.traceId === tree.trace.id ? <span className="at-muted">{t('trace.sameTrace')}</span> : null}
                <AttributeTable state={state} scope="link" attributes={link.attributes} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <SpanLogs traceId={tree.trace.id} spanId={span.id} begin={begin} duration={span.duration / 1e6} place={places.logsOfSpan} />
      <Section title={t('trace.process')} count={span.origin.resource.length} closed>
        <AttributeTable state={state} scope="resource" attributes={span.origin.resource} />
      </Section>
      {span.origin.scopeName === '' ? null : (
        <Section title={t('trace.scope')} closed>
          <p className={classes['scope']}>
            <code>{span.origin.scopeName}</code>{' '}
            {span.origin.scopeVersion === '' ? null : `${t('trace.version')} ${span.origin.scopeVersion}`}
          </p>
          <AttributeTable state={state} scope="instrumentation" attributes={span.origin.scope} />
        </Section>
      )}
      {span.dropped > 0 ? <p className={classes['note']}>{t('trace.dropped', { count: span.dropped })}</p> : null}
      <p className={classes['ids']}>
        {t('trace.spanId')} <code>{span.id}</code>
        <CopyButton text={span.id} label={t('trace.copySpanId')} />
        {span.traceState === '' ? null : (
          <>
            {t('trace.traceState')} <code className="at-break">{span.traceState}</code>
          </>
        )}
      </p>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly count?: number;
  /** Folded to begin with. */
  readonly closed?: boolean;
  readonly children: ReactNode;
}

/** A part of the details that folds. */
function Section({ title, count, closed = false, children }: SectionProps) {
  return (
    <details className={classes['section']} open={!closed}>
      <summary>
        <h3>{title}</h3>
        {count === undefined ? null : <span>{count}</span>}
      </summary>
      {children}
    </details>
  );
}
