/** The search without TraceQL: service, operation, durations, errors, attributes. */

import { Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconAlertHexagon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Bounds, buildTraceql, EVERY_TRACE, type TraceSearch, typedDuration } from '../../data/traces/search.ts';
import { tagValuesQuery } from '../../data/traces/tempo.ts';
import { LIMITS } from '../../data/traces/url.ts';
import { useFormat } from '../../format/use-format.ts';
import { useRange } from '../../live/range.tsx';
import question from '../../parts/question/question.module.css';
import { ConditionForm, Conditions } from './conditions.tsx';
import classes from './query-panel.module.css';
import type { Traces } from './use-traces.ts';

/** The form. Lists are of what there is in the page's range; choosing from one asks at once. */
export function SearchForm({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range } = useRange();
  const [draft, setDraft] = useState({ query: traces.query, search: traces.search });
  // Another question (a link, Back, a click elsewhere) brings another form.
  if (draft.query !== traces.query) setDraft({ query: traces.query, search: traces.search });
  const { search } = draft;
  const change = (part: Partial<TraceSearch>) => setDraft({ query: traces.query, search: { ...search, ...part } });
  const ask = (part: Partial<TraceSearch> = {}) => {
    const bounds = { ...search, ...part };
    const span = readBounds(bounds.span);
    const trace = readBounds(bounds.trace);
    if (span !== undefined && trace !== undefined) traces.askSearch({ ...bounds, span, trace });
  };
  const services = useQuery(tagValuesQuery('resource.service.name', '{}', range, Date.now));
  const ofService = buildTraceql({ ...EVERY_TRACE, service: traces.search.service });
  const operations = useQuery(tagValuesQuery('name', ofService, range, Date.now));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask();
  };
  return (
    <div className={question['form']}>
      <form className={classes['fields']} role="search" onSubmit={submit}>
        <Autocomplete
          size="xs"
          label={t('traces.service')}
          placeholder={t('traces.any')}
          data-search-field
          aria-keyshortcuts="/"
          clearable
          limit={60}
          data={[...new Set((services.data ?? []).map(({ value }) => value))]}
          value={search.service}
          onChange={(service) => change(service === search.service ? {} : { service, operation: '' })}
          onOptionSubmit={(service) => ask({ service, operation: '' })}
          onClear={() => ask({ service: '', operation: '' })}
        />
        <Autocomplete
          size="xs"
          label={t('traces.operation')}
          placeholder={t('traces.any')}
          clearable
          limit={60}
          data={[...new Set((operations.data ?? []).map(({ value }) => value))]}
          value={search.operation}
          onChange={(operation) => change({ operation })}
          onOptionSubmit={(operation) => ask({ operation })}
          onClear={() => ask({ operation: '' })}
        />
        <BoundsFields what={t('traces.spanDuration')} bounds={search.span} onChange={(span) => change({ span })} />
        <BoundsFields what={t('traces.traceDuration')} bounds={search.trace} onChange={(trace) => change({ trace })} />
        <NativeSelect
          size="xs"
          label={t('traces.limit')}
          aria-label={t('traces.limitOf')}
          value={String(traces.limit)}
          onChange={(event) => traces.show({ limit: Number(event.currentTarget.value) })}
          data={LIMITS.map((limit) => ({ value: String(limit), label: formats.integer(limit) }))}
        />
        <div className={classes['acts']}>
          <button
            type="button"
            className={classes['toggle']}
            data-bad
            aria-pressed={search.errors}
            onClick={() => ask({ errors: !search.errors })}
          >
            <IconAlertHexagon size={15} aria-hidden />
            {t('traces.errorsOnly')}
          </button>
          <Button type="submit">{t('traces.search')}</Button>
          {traces.untouched ? null : (
            <Button variant="subtle" onClick={() => traces.askSearch(EVERY_TRACE)}>
              {t('traces.reset')}
            </Button>
          )}
        </div>
      </form>
      <ConditionForm search={search} onAdd={(condition) => ask({ conditions: [...search.conditions, condition] })} />
      <Conditions conditions={search.conditions} onRemove={(at) => ask({ conditions: search.conditions.filter((_, i) => i !== at) })} />
    </div>
  );
}

/** The bounds as TraceQL writes them; `undefined` when one of them is no duration. */
function readBounds({ least, most }: Bounds): Bounds | undefined {
  const [from, to] = [typedDuration(least), typedDuration(most)];
  return from === undefined || to === undefined ? undefined : { least: from, most: to };
}

interface BoundsFieldsProps {
  readonly what: string;
  readonly bounds: Bounds;
  onChange(bounds: Bounds): void;
}

function BoundsFields({ what, bounds, onChange }: BoundsFieldsProps) {
  const { t } = useTranslation();
  const field = (name: keyof Bounds, label: string, placeholder: string) => (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={placeholder}
      value={bounds[name]}
      error={typedDuration(bounds[name]) === undefined ? t('traces.badDuration') : undefined}
      onChange={(event) => onChange({ ...bounds, [name]: event.currentTarget.value })}
    />
  );
  return (
    <fieldset className={classes['bounds']}>
      <legend>{what}</legend>
      <div>
        {field('least', t('traces.leastOf', { what }), t('traces.least'))}
        <span aria-hidden>–</span>
        {field('most', t('traces.mostOf', { what }), t('traces.most'))}
      </div>
    </fieldset>
  );
}
