/** Choosing the second trace of a comparison: by its id, or among others that began the same way. */

import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { buildTraceql, EVERY_TRACE } from '../../../data/traces/search.ts';
import { tracesQuery } from '../../../data/traces/tempo.ts';
import { pastedTraceId, shortId } from '../../../data/traces/trace-id.ts';
import type { TraceTree } from '../../../data/traces/tree.ts';
import { useFormat } from '../../../format/use-format.ts';
import { useRange } from '../../../live/range.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { SeverityIcon } from '../../../parts/severity.tsx';
import { Failure, Loading } from '../../../parts/states.tsx';
import { useTraceTexts } from '../texts.ts';
import classes from './trace.module.css';

const SHOWN = 30;

/** The window. */
export function CompareDialog({ tree, onClose }: { tree: TraceTree; onClose(): void }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const texts = useTraceTexts();
  const navigate = useNavigate();
  const { range } = useRange();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const root = tree.spans[tree.root];
  const query = buildTraceql({ ...EVERY_TRACE, service: root?.origin.service ?? '', operation: root?.name ?? '' });
  const { data, error, refetch } = useQuery(tracesQuery(query, range, SHOWN, Date.now));
  const others = data?.traces.filter(({ id }) => id !== tree.trace.id);
  const go = (other: string) => void navigate({ to: '/traces/compare', search: { ...range, a: tree.trace.id, b: other } as never });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = pastedTraceId(text);
    if (id === undefined) setWrong(true);
    else go(id);
  };
  return (
    <Dialog title={t('trace.compareWith')} size={620} onClose={onClose}>
      <form className={classes['compareForm']} onSubmit={submit}>
        <TextInput
          size="sm"
          data-autofocus
          aria-label={t('trace.compareId')}
          placeholder={t('trace.compareId')}
          spellCheck={false}
          value={text}
          error={wrong ? t('traces.noId') : undefined}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <Button type="submit" size="sm" h={36}>
          {t('trace.compareGo')}
        </Button>
      </form>
      <h3 className={classes['compareTitle']}>{t('trace.compareSame', { name: root?.name ?? '' })}</h3>
      {others === undefined ? error === null ? <Loading lines={5} /> : <Failure error={error} onRetry={() => void refetch()} /> : null}
      {others?.length === 0 ? <p className="at-muted">{t('trace.compareNone')}</p> : null}
      <ul className={classes['others']}>
        {others?.map((other) => (
          <li key={other.id}>
            <button type="button" onClick={() => go(other.id)}>
              <span className="at-figures">{formats.instant(other.start)}</span>
              <code>{shortId(other.id)}</code>
              <span>{other.errors > 0 ? <SeverityIcon severity="critical" size={14} /> : null}</span>
              <b className="at-figures">{texts.duration(other.duration)}</b>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
