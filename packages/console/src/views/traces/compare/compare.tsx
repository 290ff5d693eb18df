/** Two traces side by side as one tree: what both did, how long it took in each, and what only one of them did. */

import { Button, TextInput } from '@mantine/core';
import { IconArrowsDiff, IconArrowsExchange } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '../../../data/http.ts';
import { placeOfTrace } from '../../../data/links/addresses.ts';
import { sharedSearch } from '../../../data/search.ts';
import { compareTraces, totalsOf, verdictOf } from '../../../data/traces/compare.ts';
import { instantOf } from '../../../data/traces/span.ts';
import { traceQuery } from '../../../data/traces/tempo.ts';
import { pastedTraceId, shortId } from '../../../data/traces/trace-id.ts';
import type { CompareSearch } from '../../../data/traces/url.ts';
import { buildTree, type TraceTree } from '../../../data/traces/tree.ts';
import { useFormat } from '../../../format/use-format.ts';
import layout from '../../../parts/layout.module.css';
import { PlaceLink } from '../../../parts/place-link.tsx';
import { Empty, Failure, Loading } from '../../../parts/states.tsx';
import classes from './compare.module.css';
import { ComparedTree } from './compared-tree.tsx';

const route = getRouteApi('/traces/compare');

/** The page. */
export function CompareView() {
  const { t } = useTranslation();
  const url = route.useSearch();
  const [a, b] = [pastedTraceId(url.a ?? ''), pastedTraceId(url.b ?? '')];
  return (
    <div className={layout['column']}>
      <h1 className="at-hidden">{t('compare.title')}</h1>
      {a === undefined || b === undefined ? (
        <Choose key={`${url.a} ${url.b}`} a={a ?? ''} b={b ?? ''} />
      ) : (
        <Compared key={`${a} ${b}`} a={a} b={b} />
      )}
    </div>
  );
}

/** Asks for what is missing. */
function Choose({ a, b }: { a: string; b: string }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const [ids, setIds] = useState({ a, b });
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const [left, right] = [pastedTraceId(ids.a), pastedTraceId(ids.b)];
    if (left !== undefined && right !== undefined) void navigate({ search: (old) => ({ ...old, a: left, b: right }) });
  };
  const field = (side: 'a' | 'b', label: string) => (
    <TextInput
      size="sm"
      label={label}
      spellCheck={false}
      value={ids[side]}
      error={tried && pastedTraceId(ids[side]) === undefined ? t('traces.noId') : undefined}
      onChange={(event) => setIds({ ...ids, [side]: event.currentTarget.value })}
    />
  );
  return (
    <section className={layout['panel']} aria-label={t('compare.title')}>
      <Empty icon={<IconArrowsDiff size={30} stroke={1.6} aria-hidden />} title={t('compare.pick')}>
        <p>{t('compare.pickAdvice')}</p>
        <form className={classes['choose']} onSubmit={submit}>
          {field('a', t('compare.first'))}
          {field('b', t('compare.second'))}
          <Button type="submit">{t('compare.go')}</Button>
          <Button component={Link} variant="default" {...({ to: '/traces', search: sharedSearch } as object)}>
            {t('compare.toSearch')}
          </Button>
        </form>
      </Empty>
    </section>
  );
}

function Compared({ a, b }: { a: string; b: string }) {
  const { t } = useTranslation();
  const left = useTree(a);
  const right = useTree(b);
  const names = [t('compare.first'), t('compare.second')] as const;
  for (const [at, side] of [left, right].entries()) {
    if (side.missing) {
      return (
        <section className={layout['panel']} aria-label={t('compare.title')}>
          <Empty title={t('compare.missing', { name: names[at] ?? '' })} height={260}>
            <code className="at-break">{side.id}</code>
            <p>{t('trace.notFoundAdvice')}</p>
          </Empty>
        </section>
      );
    }
    if (side.error !== null && side.tree === undefined) {
      return (
        <section className={layout['panel']} aria-label={t('compare.title')}>
          <Failure error={side.error} height={260} onRetry={side.retry} />
        </section>
      );
    }
  }
  if (left.tree === undefined || right.tree === undefined) {
    return (
      <section className={layout['panel']} aria-label={t('compare.title')}>
        <div className={classes['inset']}>
          <Loading lines={14} />
        </div>
      </section>
    );
  }
  return <Both a={left.tree} b={right.tree} />;
}

function useTree(id: string) {
  const { data, error, refetch } = useQuery(traceQuery(id));
  const tree = useMemo(() => (data === undefined || data === null ? undefined : buildTree(data.trace).tree), [data]);
  return { id, tree, error, missing: data === null || (error instanceof ApiError && error.status === 404), retry: () => void refetch() };
}

function Both({ a, b }: { a: TraceTree; b: TraceTree }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const nodes = useMemo(() => compareTraces(a, b), [a, b]);
  const counts = useMemo(() => totalsOf(nodes), [nodes]);
  const change = b.duration - a.duration;
  const time = (nanoseconds: number) => formats.value(Math.abs(nanoseconds) / 1e9, 'seconds');
  const alike = verdictOf({ a: { total: a.duration }, b: { total: b.duration }, change }) === 'same';
  const told = { a: time(a.duration), b: time(b.duration) };
  return (
    <>
      <section className={layout['panel']} aria-label={t('compare.title')}>
        <div className={classes['sides']}>
          <Side letter="A" name={t('compare.first')} tree={a} />
          <Button
            variant="default"
            leftSection={<IconArrowsExchange size={15} />}
            onClick={() => void navigate({ search: (old) => ({ ...old, a: b.trace.id, b: a.trace.id }) })}
          >
            {t('compare.swap')}
          </Button>
          <Side letter="B" name={t('compare.second')} tree={b} />
        </div>
        <p className={classes['summary']} role="status">
          {alike
            ? t('compare.summarySame', told)
            : t('compare.summary', {
                ...told,
                change: change > 0 ? t('compare.longer', { time: time(change) }) : t('compare.shorter', { time: time(change) }),
              })}
        </p>
        <ul className={classes['counts']}>
          {(['slower', 'faster', 'only-a', 'only-b'] as const).map((verdict) => (
            <li key={verdict} data-verdict={verdict}>
              <b>{formats.integer(counts[verdict])}</b> {t(`compare.verdict.${verdict}`)}
            </li>
          ))}
        </ul>
      </section>
      <ComparedTree
        nodes={nodes}
        a={a}
        b={b}
        onlyChanges={url.changes === true}
        onOnlyChanges={(changes) => void navigate({ search: (old) => withChanges(old, changes), replace: true })}
      />
    </>
  );
}

/** The page's state with only the differences on show, or all. */
function withChanges(old: CompareSearch, changes: boolean): CompareSearch {
  const next = { ...old };
  delete next.changes;
  return changes ? { ...next, changes } : next;
}

function Side({ letter, name, tree }: { letter: string; name: string; tree: TraceTree }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const root = tree.spans[tree.root];
  return (
    <div className={classes['side']}>
      <span className={classes['letter']} aria-hidden>
        {letter}
      </span>
      <div>
        <h2>
          <span className="at-hidden">{name}: </span>
          <PlaceLink place={placeOfTrace(tree.trace.id)}>
            {root?.origin.service} {root?.name}
          </PlaceLink>
        </h2>
        <p className="at-muted">
          <code>{shortId(tree.trace.id)}</code> · {formats.instant(instantOf(tree.trace, 0))}
        </p>
        <p className="at-figures">
          <b>{formats.value(tree.duration / 1e9, 'seconds')}</b> ·{' '}
          {t('traces.spans', { count: tree.spans.length, spans: formats.integer(tree.spans.length) })}
        </p>
      </div>
    </div>
  );
}
