/** The question: by the search's controls, or in TraceQL. Both show the same question; the TraceQL is always in sight. */

import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { EVERY_TRACE } from '../../data/traces/search.ts';
import { pastedTraceId } from '../../data/traces/trace-id.ts';
import layout from '../../parts/layout.module.css';
import { Beyond } from '../../parts/question/beyond.tsx';
import { HistoryMenu } from '../../parts/question/history-menu.tsx';
import { Told } from '../../parts/question/told.tsx';
import { Loading } from '../../parts/states.tsx';
import classes from './query-panel.module.css';
import { SearchForm } from './search-form.tsx';
import type { Traces } from './use-traces.ts';

const TraceqlForm = lazy(() => import('./traceql-form.tsx'));

/** The panel. */
export function QueryPanel({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  return (
    <section className={layout['panel']} aria-label={t('traces.question')}>
      <div className={classes['head']}>
        <SegmentedControl
          size="xs"
          aria-label={t('traces.mode')}
          value={traces.expert ? 'traceql' : 'search'}
          onChange={(value) => traces.setExpert(value === 'traceql')}
          data={[
            { value: 'search', label: t('traces.modeSearch') },
            { value: 'traceql', label: t('traces.modeTraceql') },
          ]}
        />
        <HistoryMenu label={t('traces.recent')} none={t('traces.noRecent')} history={traces.history} onAsk={traces.ask} />
        <OpenById traces={traces} />
      </div>
      {traces.expert ? (
        <Suspense fallback={<Loading height={72} />}>
          <TraceqlForm traces={traces} />
        </Suspense>
      ) : traces.read.kind === 'search' ? (
        <>
          <SearchForm traces={traces} />
          <Told language="TraceQL" query={traces.query} copyLabel={t('traces.copyTraceql')} />
        </>
      ) : (
        <BeyondSearch traces={traces} />
      )}
    </section>
  );
}

/** The short way to a trace whose id is known. */
function OpenById({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = pastedTraceId(text);
    if (id === undefined) setWrong(text.trim() !== '');
    else traces.open(id);
  };
  return (
    <form className={classes['byId']} onSubmit={submit}>
      <TextInput
        size="xs"
        aria-label={t('traces.openId')}
        placeholder={t('traces.openIdHint')}
        spellCheck={false}
        value={text}
        error={wrong ? t('traces.noId') : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
      />
      <Button type="submit" variant="default" px={9} aria-label={t('traces.open')}>
        <IconArrowRight size={15} aria-hidden />
      </Button>
    </form>
  );
}

/** What the controls cannot show. */
function BeyondSearch({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  return (
    <Beyond
      query={traces.query}
      why={traces.read.kind === 'numbers' ? t('traces.beyond.numbers') : t('traces.beyond.text')}
      editLabel={t('traces.beyond.edit')}
      anewLabel={t('traces.beyond.anew')}
      onEdit={() => traces.setExpert(true)}
      onAnew={() => traces.askSearch(EVERY_TRACE)}
    />
  );
}
