/** The head of a trace's page: what it was, in numbers, its services, what is odd about it, and the ways on. */

import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowsDiff, IconDownload, IconLink, IconLogs } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { logqlOfTrace, placeOfLogs } from '../../../data/links/addresses.ts';
import { spanning } from '../../../data/links/place.ts';
import { instantOf } from '../../../data/traces/span.ts';
import { useFormat } from '../../../format/use-format.ts';
import { CopyButton } from '../../../parts/copy.tsx';
import layout from '../../../parts/layout.module.css';
import { linkTo } from '../../../parts/place-link.tsx';
import { SeverityIcon } from '../../../parts/severity.tsx';
import { Ago } from '../../../parts/time.tsx';
import { CompareDialog } from './compare-dialog.tsx';
import { saveTrace } from './save.ts';
import classes from './trace.module.css';
import type { TraceState } from './use-trace.ts';

interface HeaderProps {
  readonly state: TraceState;
  colourOf(service: string): string;
}

/** The head. */
export function TraceHeader({ state, colourOf }: HeaderProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const [comparing, setComparing] = useState(false);
  const { tree, services, loaded, path } = state;
  const { trace } = tree;
  const root = tree.spans[tree.root];
  const begin = instantOf(trace, 0);
  const logs = placeOfLogs(logqlOfTrace(trace.id), spanning(begin, begin + trace.duration / 1e6));
  const errors = services.reduce((sum, share) => sum + share.errors, 0);
  const facts = [
    { name: t('trace.start'), value: formats.instant(begin), note: <Ago since={begin} /> },
    { name: t('trace.duration'), value: formats.value(tree.duration / 1e9, 'seconds') },
    { name: t('trace.spans'), value: formats.integer(tree.spans.length) },
    { name: t('trace.services'), value: formats.integer(services.length) },
    { name: t('trace.depth'), value: formats.integer(tree.deepest + 1) },
    { name: t('trace.errors'), value: formats.integer(errors), bad: errors > 0 },
  ];
  return (
    <section className={layout['panel']} aria-label={t('trace.title')}>
      <div className={classes['head']}>
        <div className={classes['titles']}>
          <h1>
            <i className={classes['dot']} style={{ background: colourOf(root?.origin.service ?? '') }} aria-hidden />
            <span className={classes['service']}>{root?.origin.service}</span> {root?.name}
          </h1>
          <p className={classes['id']}>
            <code>{trace.id}</code>
            <CopyButton text={trace.id} label={t('trace.copyId')} />
          </p>
        </div>
        <div className={classes['ways']}>
          <Button component={Link} variant="default" leftSection={<IconLogs size={15} />} {...linkTo(logs)}>
            {t('trace.logs')}
          </Button>
          <Button variant="default" leftSection={<IconArrowsDiff size={15} />} onClick={() => setComparing(true)}>
            {t('trace.compare')}
          </Button>
          <Tooltip label={t('trace.download')}>
            <ActionIcon aria-label={t('trace.download')} onClick={() => saveTrace(loaded)}>
              <IconDownload size={17} />
            </ActionIcon>
          </Tooltip>
          <CopyButton text={location.href} label={t('trace.share')} icon={IconLink} />
        </div>
      </div>
      <dl className={classes['facts']}>
        {facts.map(({ name, value, note, bad }) => (
          <div key={name} data-bad={bad || undefined}>
            <dt>{name}</dt>
            <dd>
              {value} {note === undefined ? null : <span className={classes['note']}>{note}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <div className={classes['services']} role="group" aria-label={t('trace.serviceFilter')}>
        {services.map((share) => (
          <button
            key={share.service}
            type="button"
            aria-pressed={state.filter.service === share.service}
            onClick={() => state.setFilter({ service: state.filter.service === share.service ? '' : share.service })}
          >
            <i className={classes['dot']} style={{ background: colourOf(share.service) }} aria-hidden />
            {share.service === '' ? '–' : share.service}
            <b>{formats.integer(share.spans)}</b>
            {share.errors === 0 ? null : (
              <em>
                <SeverityIcon severity="critical" size={12} />
                {t('traces.errors', { count: share.errors, errors: formats.integer(share.errors) })}
              </em>
            )}
          </button>
        ))}
      </div>
      <Oddities state={state} critical={path.size > 0} />
      {comparing ? <CompareDialog tree={tree} onClose={() => setComparing(false)} /> : null}
    </section>
  );
}

/** What was tolerated, said. */
function Oddities({ state: { tree } }: { state: TraceState; critical: boolean }) {
  const { t } = useTranslation();
  const of = (...kinds: string[]) => tree.oddities.filter((oddity) => oddity !== undefined && kinds.includes(oddity)).length;
  const missing = of('missing-parent');
  const skewed = of('skew');
  const wrong = of('cycle', 'duplicate-id');
  const rootless = tree.spans[tree.root]?.parentId !== '';
  const notes = [
    ...(rootless ? [t('trace.rootless')] : []),
    ...(missing > 0 && !(rootless && missing === 1) ? [t('trace.missing', { count: missing })] : []),
    ...(skewed > 0 ? [t('trace.skewed', { count: skewed })] : []),
    ...(wrong > 0 ? [t('trace.wrongIds', { count: wrong })] : []),
  ];
  if (notes.length === 0) return null;
  return (
    <ul className={classes['oddities']}>
      {notes.map((note) => (
        <li key={note}>
          <SeverityIcon severity="info" size={14} /> {note}
        </li>
      ))}
    </ul>
  );
}
