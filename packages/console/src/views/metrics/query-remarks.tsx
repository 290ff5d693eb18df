/** The remarks on queries in one line: the first in its words, the others behind it; each shows its place in the query. */

import { UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Remark } from '../../data/remarks.ts';
import { SeverityIcon } from '../../parts/severity.tsx';
import classes from './problems.module.css';
import type { AskedQuery, Queries } from './use-queries.ts';

/** A remark and the query it is on. */
interface AskedRemark extends Remark {
  readonly asked: AskedQuery;
}

/** The line; unfolded, the list. */
export function QueryRemarks({ remarks, several, queries }: { remarks: readonly AskedRemark[]; several: boolean; queries: Queries }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const warnings = remarks.filter(({ severity }) => severity === 'warning').length;
  const notes = remarks.length - warnings;
  const severity = warnings > 0 ? 'warning' : 'info';
  const counts = [
    ...(warnings > 0 ? [t('metrics.warnings', { count: warnings })] : []),
    ...(notes > 0 ? [t('metrics.notes', { count: notes })] : []),
  ].join(' · ');
  return (
    <div className={classes['remarks']} data-kind={severity}>
      <UnstyledButton className={classes['remarksHead']} aria-expanded={open} onClick={() => setOpen(!open)}>
        <SeverityIcon severity={severity} size={14} />
        <strong>{counts}</strong>
        <span className={classes['first']}>{open ? '' : remarks[0]?.text}</span>
        <IconChevronDown size={15} aria-hidden className={classes['chevron']} data-open={open || undefined} />
      </UnstyledButton>
      {open ? (
        <ul className={classes['remarkList']}>
          {remarks.map((remark) => (
            <RemarkItem key={`${remark.asked.letter} ${remark.text}`} remark={remark} several={several} queries={queries} />
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function RemarkItem({ remark, several, queries }: { remark: AskedRemark; several: boolean; queries: Queries }) {
  const { t } = useTranslation();
  const { asked, position, severity, text } = remark;
  return (
    <li className={classes['remark']}>
      <SeverityIcon severity={severity} size={14} />
      <span>
        <span className="at-hidden">{severity === 'warning' ? t('metrics.warning') : t('metrics.info')}: </span>
        {several ? t('metrics.problemOf', { letter: asked.letter, problem: text }) : text}
      </span>
      {position === undefined ? null : (
        <UnstyledButton
          className={classes['place']}
          aria-label={t('metrics.showPlace', { place: `${position.line}:${position.column}` })}
          onMouseEnter={() => queries.point(asked, position)}
          onMouseLeave={() => queries.point(asked, undefined)}
          onFocus={() => queries.point(asked, position)}
          onBlur={() => queries.point(asked, undefined)}
          onClick={() => queries.goTo(asked, position)}
        >
          {position.line}:{position.column}
        </UnstyledButton>
      )}
    </li>
  );
}
