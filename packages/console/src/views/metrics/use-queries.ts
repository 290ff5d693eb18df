/** The expressions being edited and the ones being asked: drafts here, the asked ones in the URL. */

import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';

import type { FormatState } from '../../editor/format.ts';
import type { PromqlEditorHandle, Pointed } from '../../editor/promql-editor.tsx';
import { indexOf, letterOf } from '../../data/explorer.ts';
import { recall, remember, withQuery } from '../../data/remembered.ts';
import { MAX_QUERIES } from '../../data/search.ts';

const route = getRouteApi('/explore');

/** A query that is asked: its letter and expression. */
export interface AskedQuery {
  readonly letter: string;
  readonly expression: string;
}

/** State and acts of the query rows. */
export interface Queries {
  readonly drafts: readonly string[];
  /** Switched on and not empty. */
  readonly asked: readonly AskedQuery[];
  readonly off: string;
  readonly history: readonly string[];
  editor(index: number): (handle: PromqlEditorHandle | null) => void;
  focused(index: number): void;
  edit(index: number, text: string): void;
  add(): void;
  remove(index: number): void;
  toggle(index: number): void;
  /** Asks what is written. */
  run(): void;
  /** Replaces everything and asks. */
  runAll(expressions: readonly string[]): void;
  /** Asks another expression in the place of an asked one. */
  replace(asked: AskedQuery, expression: string): void;
  /** Puts a metric into the editor used last; an empty one gets the starting query and is asked at once. */
  insert(name: string, starting: string): void;
  /** Whether a row's text can be formatted; `undefined` until its editor is there. */
  formatState(index: number): FormatState | undefined;
  setFormatState(index: number, state: FormatState): void;
  format(index: number): void;
  /** Marks a part of an asked query in its editor, or nothing any more. */
  point(asked: AskedQuery, part: Pointed | undefined): void;
  /** Puts the cursor there. */
  goTo(asked: AskedQuery, part: Pointed): void;
}

const NOTHING: readonly string[] = [''];

/** The rows' state. */
export function useQueries(): Queries {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const fromUrl = search.q ?? NOTHING;
  const off = search.off ?? '';
  const urlKey = JSON.stringify(fromUrl);
  const [written, setWritten] = useState({ urlKey, drafts: fromUrl });
  // Another URL (a link, Back) brings other expressions; what was being written gives way.
  if (written.urlKey !== urlKey) setWritten({ urlKey, drafts: fromUrl });
  const { drafts } = written;
  const setDrafts = (next: readonly string[]) => setWritten({ urlKey, drafts: next });
  const [history, setHistory] = useState(() => recall<string[]>('query-history', []));
  const handles = useRef<(PromqlEditorHandle | null)[]>([]);
  const active = useRef(0);
  const [formatStates, setFormatStates] = useState<readonly (FormatState | undefined)[]>([]);
  const asked = useMemo(
    () =>
      fromUrl
        .map((expression, index) => ({ letter: letterOf(index), expression }))
        .filter(({ letter, expression }) => expression !== '' && !off.includes(letter)),
    [fromUrl, off],
  );

  const write = (expressions: readonly string[], nextOff: string) => {
    const kept = expressions.length === 1 && expressions[0]?.trim() === '' ? undefined : [...expressions];
    void navigate({ search: (old) => ({ ...old, q: kept, off: nextOff === '' ? undefined : nextOff }) as never });
  };
  const ask = (expressions: readonly string[], nextOff = off) => {
    const trimmed = expressions.map((text) => text.trim());
    setDrafts(trimmed);
    let next = recall<string[]>('query-history', []);
    for (const text of trimmed.toReversed()) next = withQuery(next, text);
    setHistory(next);
    remember('query-history', next);
    write(trimmed, nextOff);
  };

  return {
    drafts,
    off,
    history,
    asked,
    editor: (index) => (handle) => {
      handles.current[index] = handle;
    },
    focused: (index) => {
      active.current = index;
    },
    edit: (index, text) => setWritten((before) => ({ ...before, drafts: before.drafts.map((draft, i) => (i === index ? text : draft)) })),
    add: () => {
      if (drafts.length >= MAX_QUERIES) return;
      active.current = drafts.length;
      setDrafts([...drafts, '']);
      requestAnimationFrame(() => handles.current[drafts.length]?.focus());
    },
    remove: (index) => {
      const left = drafts.filter((_, i) => i !== index);
      const letters = drafts.map((_, i) => letterOf(i)).filter((_, i) => i !== index);
      active.current = 0;
      ask(left.length === 0 ? [''] : left, letters.map((letter, i) => (off.includes(letter) ? letterOf(i) : '')).join(''));
    },
    toggle: (index) => {
      const letter = letterOf(index);
      write(fromUrl, off.includes(letter) ? off.replace(letter, '') : `${off}${letter}`);
    },
    run: () => ask(drafts),
    runAll: (expressions) => ask(expressions, ''),
    replace: ({ letter }, expression) => ask(fromUrl.map((text, i) => (i === indexOf(letter) ? expression : text))),
    insert: (name, starting) => {
      const index = Math.min(active.current, drafts.length - 1);
      if (drafts[index]?.trim() === '') ask(drafts.map((draft, i) => (i === index ? starting : draft)));
      else handles.current[index]?.insert(name);
    },
    formatState: (index) => formatStates[index],
    setFormatState: (index, state) => setFormatStates((before) => Object.assign([...before], { [index]: state })),
    format: (index) => handles.current[index]?.format(),
    point: ({ letter, expression }, part) => handles.current[indexOf(letter)]?.point(expression, part),
    goTo: ({ letter, expression }, part) => handles.current[indexOf(letter)]?.goTo(expression, part),
  };
}
