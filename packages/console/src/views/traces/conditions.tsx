/** Conditions on attributes: a line to write one, with the names and values that there are, and those that were chosen. */

import { Autocomplete, Button, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import {
  attributeName,
  buildTraceql,
  type Condition,
  type Operator,
  OPERATORS,
  type TraceSearch,
  typedField,
  typedLiteral,
} from '../../data/traces/search.ts';
import { quote } from '../../data/traces/traceql-words.ts';
import { tagNamesQuery, type TagValue, tagValuesQuery } from '../../data/traces/tempo.ts';
import { useRange } from '../../live/range.tsx';
import { Chosen } from '../../parts/question/chosen.tsx';
import classes from './query-panel.module.css';

/** What can be compared besides attributes, and has no control of its own. */
const INTRINSICS = ['kind', 'status', 'statusMessage', 'rootName', 'rootServiceName', 'event:name', 'instrumentation:name'];

interface ConditionFormProps {
  readonly search: TraceSearch;
  onAdd(condition: Condition): void;
}

/** The line. */
export function ConditionForm({ search, onAdd }: ConditionFormProps) {
  const { t } = useTranslation();
  const { range } = useRange();
  const [name, setName] = useState('');
  const [operator, setOperator] = useState<Operator>('=');
  const [value, setValue] = useState('');
  const names = useQuery(tagNamesQuery(range, Date.now));
  const field = typedField(name, INTRINSICS);
  const of = (scope: 'span' | 'resource' | 'event' | 'link' | 'instrumentation') =>
    (names.data?.[scope] ?? []).map((key) => `${scope}.${attributeName(key)}`);
  const options = [
    { group: 'span', items: of('span') },
    { group: 'resource', items: of('resource').filter((key) => key !== 'resource.service.name') },
    { group: 'event, link', items: [...of('event'), ...of('link'), ...of('instrumentation')] },
    { group: t('traceql.kind.intrinsic'), items: INTRINSICS },
  ].filter(({ items }) => items.length > 0);
  const values = useQuery({
    ...tagValuesQuery(field, buildTraceql(search), range, Date.now),
    // A name that is being typed has no values yet.
    enabled: options.some(({ items }) => items.includes(field)),
  });
  const add = (given: string) => {
    if (field === '' || given.trim() === '') return;
    onAdd({ field, operator, literal: literalOf(given, operator, field, values.data) });
    setName('');
    setValue('');
    setOperator('=');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add(value);
  };
  return (
    <form className={classes['condition']} onSubmit={submit} aria-label={t('traces.attributes')}>
      <Autocomplete
        size="xs"
        aria-label={t('traces.attribute')}
        placeholder={t('traces.attribute')}
        limit={80}
        data={options}
        value={name}
        onChange={setName}
        spellCheck={false}
      />
      <NativeSelect
        size="xs"
        aria-label={t('traces.operator')}
        value={operator}
        onChange={(event) => setOperator(event.currentTarget.value as Operator)}
        data={[...OPERATORS]}
      />
      <Autocomplete
        size="xs"
        aria-label={t('traces.value')}
        placeholder={t('traces.value')}
        limit={80}
        data={[...new Set((values.data ?? []).map((known) => known.value))]}
        value={value}
        onChange={setValue}
        onOptionSubmit={add}
        spellCheck={false}
      />
      <Button type="submit" variant="default" leftSection={<IconPlus size={14} />}>
        {t('traces.add')}
      </Button>
    </form>
  );
}

/** A value as TraceQL writes it: of the type that it has in the spans, else as it looks. */
function literalOf(given: string, operator: Operator, field: string, known: readonly TagValue[] | undefined): string {
  const found = known?.find(({ value }) => value === given.trim());
  if (found?.type === 'string' || operator === '=~' || operator === '!~') return typedText(given);
  return found === undefined ? typedLiteral(given, operator, field) : given.trim();
}

function typedText(given: string): string {
  return /^"(?:[^"\\]|\\.)*"$/.test(given.trim()) ? given.trim() : quote(given.trim());
}

interface ConditionsProps {
  readonly conditions: readonly Condition[];
  onRemove(at: number): void;
}

/** What was chosen: each can be taken back. */
export function Conditions({ conditions, onRemove }: ConditionsProps) {
  const { t } = useTranslation();
  const choices = conditions.map(({ field, operator, literal }, at) => ({
    key: `${field} ${operator} ${literal}`,
    text: (
      <>
        <em>{field}</em> {operator} {literal}
      </>
    ),
    onTakeBack: () => onRemove(at),
  }));
  return <Chosen choices={choices} label={t('traces.chosen')} takeBackLabel={t('traces.takeBack')} />;
}
