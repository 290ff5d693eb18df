/** The search without LogQL: words, levels, and what was chosen from labels, fields and patterns. */

import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconLetterCase, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { LEVELS } from '../../data/logs/levels.ts';
import { buildLogql, type LogSearch, toggleLevel, typedWords, withWords } from '../../data/logs/search.ts';
import { volumeQuery } from '../../data/logs/volume.ts';
import { useFormat } from '../../format/use-format.ts';
import { useRange } from '../../live/range.tsx';
import { Chosen } from '../../parts/question/chosen.tsx';
import question from '../../parts/question/question.module.css';
import { LevelDot } from './level-mark.tsx';
import classes from './query-panel.module.css';
import type { Logs } from './use-logs.ts';

/** The form. */
export function SearchForm({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const { search } = logs;
  const typed = typedWords(search);
  const [written, setWritten] = useState({ typed, text: typed });
  // Another question (a link, Back, a chip) brings other words.
  if (written.typed !== typed) setWritten({ typed, text: typed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    logs.askSearch(withWords(search, written.text));
  };
  const matchCase = !search.ignoreCase;
  return (
    <form className={question['form']} onSubmit={submit} role="search">
      <div className={classes['field']}>
        <TextInput
          size="sm"
          data-search-field
          aria-label={t('logs.find')}
          placeholder={t('logs.findHint')}
          aria-keyshortcuts="/"
          leftSection={<IconSearch size={16} />}
          rightSection={
            <Tooltip label={t('logs.matchCase')}>
              <ActionIcon
                size={26}
                variant={matchCase ? 'light' : 'subtle'}
                aria-label={t('logs.matchCase')}
                aria-pressed={matchCase}
                onClick={() => logs.askSearch({ ...withWords(search, written.text), ignoreCase: matchCase })}
              >
                <IconLetterCase size={17} />
              </ActionIcon>
            </Tooltip>
          }
          value={written.text}
          onChange={(event) => setWritten({ typed, text: event.currentTarget.value })}
        />
        <Button type="submit" size="sm" h={36}>
          {t('logs.search')}
        </Button>
      </div>
      <LevelLine logs={logs} />
      <ChosenLine logs={logs} />
    </form>
  );
}

/** The levels with their counts, whatever levels are chosen. */
function LevelLine({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range } = useRange();
  const { search } = logs;
  // The counts beside the choices are of all levels; most often that is the question of the bars below.
  const all = useQuery({ ...volumeQuery(buildLogql({ ...search, levels: [] }), range, Date.now), staleTime: 30_000 });
  return (
    <div className={question['line']} role="group" aria-label={t('logs.levels')}>
      {LEVELS.map((level) => {
        const count = all.data?.totals[level];
        const chosen = search.levels.includes(level);
        if (count === undefined && !chosen && (level === 'trace' || level === 'unknown' || level === 'critical')) return null;
        return (
          <button
            key={level}
            type="button"
            className={classes['level']}
            aria-pressed={chosen}
            onClick={() => logs.askSearch(toggleLevel(search, level))}
          >
            <LevelDot level={level} />
            {t(`logs.level.${level}`)}
            {count === undefined ? null : <b>{count < 100_000 ? formats.integer(count) : formats.value(count, 'count')}</b>}
          </button>
        );
      })}
    </div>
  );
}

/** What was chosen elsewhere: each can be taken back here. */
function ChosenLine({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const { search } = logs;
  const chips: { key: string; without: boolean; text: ReactNode; rest: LogSearch }[] = [
    ...search.labels.flatMap(({ name, without, values }, at) =>
      values.map((value) => ({
        key: `label ${name} ${String(without)} ${value}`,
        without,
        text: <Told name={name} without={without} value={value} />,
        rest: {
          ...search,
          labels: search.labels
            .map((label, i) => (i === at ? { ...label, values: values.filter((other) => other !== value) } : label))
            .filter((label) => label.values.length > 0),
        },
      })),
    ),
    // A parser that a chosen field needs goes with the field.
    ...(search.parser === undefined || search.fields.some(({ parsed }) => parsed)
      ? []
      : [
          {
            key: 'parser',
            without: false,
            text: <Told name={t('logs.parser')} without={false} value={search.parser} />,
            rest: { ...search, parser: undefined },
          },
        ]),
    ...search.fields.map(({ name, without, value }, at) => ({
      key: `field ${at}`,
      without,
      text: <Told name={name} without={without} value={value} />,
      rest: withoutParser({ ...search, fields: search.fields.filter((_, i) => i !== at) }),
    })),
    ...search.patterns.map(({ pattern, without }, at) => ({
      key: `pattern ${at}`,
      without,
      text: <Told name={t('logs.pattern')} without={without} value={pattern} />,
      rest: { ...search, patterns: search.patterns.filter((_, i) => i !== at) },
    })),
  ];
  const choices = chips.map(({ rest, ...choice }) => ({ ...choice, onTakeBack: () => logs.askSearch(rest) }));
  return <Chosen choices={choices} label={t('logs.chosen')} takeBackLabel={t('logs.takeBack')} />;
}

function Told({ name, without, value }: { name: string; without: boolean; value: string }) {
  return (
    <>
      <em>{name}</em> {without ? '≠' : '='} {value}
    </>
  );
}

/** A parser that no chosen field needs is not asked for. */
function withoutParser(search: LogSearch): LogSearch {
  return search.fields.some(({ parsed }) => parsed) ? search : { ...search, parser: undefined };
}
