/** The first thing on Home: whether anything is wrong, what, and since when, with the way to more. */

import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { configurationQuery } from '../../data/configuration.ts';
import { downTimes, findProblems, type Problem, type Severity, verdictOf } from '../../data/health.ts';
import type { Disk } from '../../data/host.ts';
import { sharedSearch } from '../../data/search.ts';
import type { Status } from '../../data/status.ts';
import { countTargets, targetsQuery } from '../../data/targets.ts';
import { useFormat } from '../../format/use-format.ts';
import { usePastQuery, usePolled } from '../../live/queries.ts';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Ago } from '../../parts/time.tsx';
import classes from './health-line.module.css';
import { useMemory } from './use-host.ts';

/** Problems shown before the rest is only counted. */
const SHOWN = 5;

/** The line. */
export function HealthLine({ status, disks }: { status: Status; disks: readonly Disk[] }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const targets = usePolled(targetsQuery);
  const configuration = usePolled(configurationQuery, { every: 60_000 });
  const memory = useMemory(status.host);
  const active = targets.data?.activeTargets;
  const counts = countTargets(active ?? []);
  const past = usePastQuery('up == 0', { range: { from: 'now-1d', to: 'now' }, step: 120_000, every: 60_000, enabled: counts.down > 0 });
  const problems = findProblems({
    status,
    targets: active,
    downSince: past.data ? downTimes(past.data.data, past.data.window) : new Map(),
    disks,
    memory: memory.use,
    configuration: configuration.data,
  });
  const verdict = verdictOf(problems, targets.data !== undefined || targets.error !== null);
  const title = useHeadline()(verdict, problems);
  return (
    <section className={classes['line']} data-severity={verdict} aria-label={t('health.label')}>
      <div className={classes['verdict']}>
        <SeverityIcon severity={verdict} size={26} />
        <div>
          <p className={classes['title']} role="status">
            {title}
          </p>
          <p className={classes['facts']}>
            <span>{t('health.targets', { count: counts.all, up: formats.integer(counts.up) })}</span>
            <span>{t('health.rate', { rate: formats.value(status.ingest.samplesPerSecond, 'count') })}</span>
            <span>{t('health.running', { span: formats.span(status.now - status.startedAt) })}</span>
          </p>
        </div>
      </div>
      {problems.length === 0 ? null : (
        <ul className={classes['problems']}>
          {problems.slice(0, SHOWN).map((problem) => (
            <ProblemRow key={`${problem.kind} ${JSON.stringify(problem.facts)}`} problem={problem} />
          ))}
          {problems.length > SHOWN ? <li className={classes['more']}>{t('health.more', { count: problems.length - SHOWN })}</li> : null}
        </ul>
      )}
    </section>
  );
}

/** The verdict in a few words. */
function useHeadline(): (verdict: Severity, problems: readonly Problem[]) => string {
  const { t } = useTranslation();
  return (verdict, problems) => {
    const critical = problems.filter((problem) => problem.severity === 'critical').length;
    const warnings = problems.length - critical;
    if (problems.length === 0) return verdict === 'unknown' ? t('health.unknown') : t('health.ok');
    if (critical === 0) return t('health.warnings', { count: warnings });
    if (warnings === 0) return t('health.critical', { count: critical });
    return t('health.both', { critical: t('health.critical', { count: critical }), warnings: t('health.warnings', { count: warnings }) });
  };
}

function ProblemRow({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  const word = problem.severity === 'critical' ? t('severity.critical') : t('severity.warning');
  const inside = (
    <>
      <SeverityIcon severity={problem.severity} size={15} />
      <span className="at-hidden">{word}</span>
      <span className={classes['text']}>
        <ProblemText problem={problem} />
      </span>
      {problem.since === undefined ? null : <Since time={problem.since} />}
    </>
  );
  return (
    <li>
      {problem.link === 'home' ? <div className={classes['problem']}>{inside}</div> : <ProblemLink problem={problem}>{inside}</ProblemLink>}
    </li>
  );
}

/** Since when, on the clock, and how long ago that is. */
function Since({ time }: { time: number }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <span className={classes['since']}>
      {t('health.since', { time: formats.recent(time) })}
      <span>
        <Ago since={time} />
      </span>
    </span>
  );
}

function ProblemLink({ problem, children }: { problem: Problem; children: ReactNode }) {
  const inside = (
    <>
      {children}
      <IconChevronRight size={16} className={classes['chevron']} aria-hidden />
    </>
  );
  if (problem.link === 'targets') {
    return (
      <Link to="/targets" search={(old) => ({ ...sharedSearch(old), state: 'down' as const })} className={classes['problem']}>
        {inside}
      </Link>
    );
  }
  const section = problem.link === 'storage' || problem.link === 'configuration' ? { section: problem.link } : {};
  return (
    <Link to="/status" search={(old) => ({ ...sharedSearch(old), ...section })} className={classes['problem']}>
      {inside}
    </Link>
  );
}

/** The sentence, with its numbers written for people, and the reason in the server's words. */
function ProblemText({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { facts } = problem;
  const bytes = (name: string) => formats.value(Number(facts[name]), 'bytes');
  const integer = (name: string) => formats.integer(Number(facts[name]));
  const values = {
    ...facts,
    count: Number(facts['count'] ?? 0),
    name: String(facts['name'] ?? ''),
    job: String(facts['job'] ?? ''),
    path: String(facts['path'] ?? ''),
    mountpoint: String(facts['mountpoint'] ?? ''),
    free: 'free' in facts ? bytes('free') : '',
    used: 'used' in facts ? bytes('used') : '',
    total: 'total' in facts ? bytes('total') : '',
    limit: problem.kind === 'seriesLimit' ? integer('limit') : 'limit' in facts ? bytes('limit') : '',
    series: 'series' in facts ? integer('series') : '',
    all: 'all' in facts ? integer('all') : '',
    days: 'days' in facts ? formats.value(Number(facts['days']) * 86_400, 'seconds') : '',
  };
  const reason = String(facts['reason'] ?? '');
  return (
    <>
      <span>{t(`health.problem.${problem.kind}`, values)}</span>
      {reason === '' ? null : <code className={classes['reason']}>{reason}</code>}
    </>
  );
}
