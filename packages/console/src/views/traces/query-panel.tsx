/** The question: by the search's controls, or in TraceQL. Both show the same question; the TraceQL is always in sight. */

import { Button, Menu, SegmentedControl, TextInput } from '@mantine/core';
import { IconArrowRight, IconHistory } from '@tabler/icons-react';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { EVERY_TRACE } from '../../data/traces/search.ts';
import { pastedTraceId } from '../../data/traces/trace-id.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Loading } from '../../parts/states.tsx';
import classes from './query-panel.module.css';
import { SearchForm } from './search-form.tsx';
import type { Traces } from './use-traces.ts';

const TraceqlForm = lazy(() => import('./traceql-form.tsx'));

/** The panel. */
export function QueryPanel({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  return (
    <section className={classes['panel']} aria-label={t('traces.question')}>
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
        <Recent traces={traces} />
        <OpenById traces={traces} />
      </div>
      {traces.expert ? (
        <Suspense fallback={<Loading height={72} />}>
          <TraceqlForm traces={traces} />
        </Suspense>
      ) : traces.read.kind === 'search' ? (
        <>
          <SearchForm traces={traces} />
          <Told query={traces.query} />
        </>
      ) : (
        <Beyond traces={traces} />
      )}
    </section>
  );
}

/** What was asked lately. */
function Recent({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start" width="min(620px, 92vw)">
      <Menu.Target>
        <Button variant="default" leftSection={<IconHistory size={15} />}>
          {t('traces.recent')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {traces.history.length === 0 ? <Menu.Label>{t('traces.noRecent')}</Menu.Label> : null}
        {traces.history.map((query) => (
          <Menu.Item key={query} className="at-mono at-break" onClick={() => traces.ask(query)}>
            {query}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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

/** The TraceQL that the search makes. */
function Told({ query }: { query: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes['told']}>
      <span className={classes['toldName']}>TraceQL</span>
      <code>{query}</code>
      <CopyButton text={query} label={t('traces.copyTraceql')} />
    </div>
  );
}

/** A question that the controls cannot show, and the ways out. */
function Beyond({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  return (
    <div className={classes['beyond']} role="status">
      <SeverityIcon severity="info" />
      <div>
        <p>{traces.read.kind === 'numbers' ? t('traces.beyond.numbers') : t('traces.beyond.text')}</p>
        <code className="at-break">{traces.query}</code>
        <div className={classes['ways']}>
          <Button variant="default" onClick={() => traces.setExpert(true)}>
            {t('traces.beyond.edit')}
          </Button>
          <Button variant="subtle" onClick={() => traces.askSearch(EVERY_TRACE)}>
            {t('traces.beyond.anew')}
          </Button>
        </div>
      </div>
    </div>
  );
}
