/** Labels with their values, the largest first, to choose from with a click: the way in for those who know no names. */

import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { IconChevronRight, IconFilterOff, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { fuzzyRank } from '../../data/fuzzy.ts';
import { streamSelector } from '../../data/logs/edit-query.ts';
import { facetNames, labelNamesQuery, labelValuesQuery } from '../../data/logs/facets.ts';
import { buildSelector } from '../../data/logs/search.ts';
import { useFormat } from '../../format/use-format.ts';
import { useRange } from '../../live/range.tsx';
import { Loading } from '../../parts/states.tsx';
import classes from './facets.module.css';
import type { Logs } from './use-logs.ts';

/** Labels that are open from the beginning. */
const OPEN = 3;
/** Values that are shown until more are wanted. */
const SHOWN = 8;
/** From so many values on there is a field to search them. */
const SEARCHED = 9;

/** The list of labels. */
export function Facets({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const names = useQuery(labelNamesQuery(range, Date.now));
  const [opened, setOpened] = useState<Readonly<Record<string, boolean>>>({});
  if (names.data === undefined) {
    return names.error === null ? (
      <div className={classes['inset']}>
        <Loading lines={10} />
      </div>
    ) : (
      <div className={classes['facets']}>
        <h2 className={classes['title']}>{t('logs.facets')}</h2>
        <p className={classes['none']}>{t('logs.labelsFailed')}</p>
      </div>
    );
  }
  const ordered = facetNames(names.data);
  const chosen = new Set(logs.search.labels.map(({ name }) => name));
  return (
    <nav className={classes['facets']} aria-label={t('logs.facets')}>
      <h2 className={classes['title']}>{t('logs.facets')}</h2>
      {ordered.length === 0 ? <p className={classes['none']}>{t('logs.noLabels')}</p> : null}
      {ordered.map((name, index) => {
        const open = opened[name] ?? (index < OPEN || chosen.has(name));
        return (
          <section key={name} className={classes['facet']}>
            <h3>
              <button type="button" aria-expanded={open} onClick={() => setOpened({ ...opened, [name]: !open })}>
                <IconChevronRight size={14} aria-hidden />
                {name}
              </button>
            </h3>
            {open ? <Values name={name} logs={logs} /> : null}
          </section>
        );
      })}
    </nav>
  );
}

function Values({ name, logs }: { name: string; logs: Logs }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range } = useRange();
  const [find, setFind] = useState('');
  const [all, setAll] = useState(false);
  // Values of a label are those that the other labels leave: choosing one must not hide the others.
  const selector =
    logs.read.kind === 'search'
      ? buildSelector({ labels: logs.search.labels.filter((label) => label.name !== name) })
      : (streamSelector(logs.query) ?? '{service_name=~".+"}');
  const values = useQuery(labelValuesQuery(name, selector, range, Date.now));
  if (values.data === undefined) {
    return values.error === null ? (
      <div className={classes['inset']}>
        <Loading lines={3} />
      </div>
    ) : (
      <p className={classes['none']}>{t('logs.noValues')}</p>
    );
  }
  const label = (without: boolean) => logs.search.labels.find((other) => other.name === name && other.without === without)?.values ?? [];
  const wanted = label(false);
  const unwanted = label(true);
  const listed = [
    // What is chosen stays on show, also when it has no lines now.
    ...[...wanted, ...unwanted]
      .filter((value) => !values.data.some((other) => other.value === value))
      .map((value) => ({ value, bytes: undefined })),
    ...values.data,
  ];
  const found = fuzzyRank(find, listed, ({ value }) => value, listed.length);
  const largest = Math.max(...listed.map(({ bytes }) => bytes ?? 0), 1);
  const choose = (value: string, without: boolean) => logs.filterFacet(name, value, without);
  return (
    <>
      {listed.length >= SEARCHED ? (
        <TextInput
          size="xs"
          className={classes['find']}
          aria-label={t('logs.findValue', { name })}
          placeholder={t('logs.findValue', { name })}
          leftSection={<IconSearch size={13} />}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
        />
      ) : null}
      <ul>
        {found.slice(0, all ? 200 : SHOWN).map(({ value, bytes }) => {
          const isUnwanted = unwanted.includes(value);
          const told = isUnwanted ? t('logs.takeBackValue', { value }) : t('logs.excludeValue', { value });
          return (
            <li key={value} className={classes['value']} data-unwanted={isUnwanted || undefined}>
              <button
                type="button"
                className={classes['choose']}
                aria-pressed={wanted.includes(value)}
                title={value}
                onClick={() => choose(value, false)}
              >
                <span className={classes['box']} aria-hidden />
                <span className={classes['name']}>{value === '' ? t('logs.emptyValue') : value}</span>
                {bytes === undefined ? null : (
                  <>
                    <span className={classes['bar']} style={{ width: `calc((100% - 34px) * ${bytes / largest})` }} aria-hidden />
                    <span className={classes['amount']}>{formats.value(bytes, 'bytes')}</span>
                  </>
                )}
              </button>
              <Tooltip label={told}>
                <ActionIcon
                  size={24}
                  aria-label={told}
                  aria-pressed={isUnwanted}
                  className={classes['exclude']}
                  onClick={() => choose(value, true)}
                >
                  <IconFilterOff size={14} />
                </ActionIcon>
              </Tooltip>
            </li>
          );
        })}
      </ul>
      {!all && found.length > SHOWN ? (
        <button type="button" className={classes['more']} onClick={() => setAll(true)}>
          {t('logs.moreValues', { count: found.length - SHOWN })}
        </button>
      ) : null}
      {found.length === 0 ? <p className={classes['none']}>{t('palette.none')}</p> : null}
    </>
  );
}
