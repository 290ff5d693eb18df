/** LogQL for the query editor: its grammar, its checks, and its completion and documentation from live data. */

import type { QueryLanguage } from '../query-editor.tsx';
import { formatLogql, logqlDiagnostics } from './check.ts';
import { logqlCompletion } from './complete.ts';
import { logqlDocumentation } from './documentation.ts';
import { logql } from './language.ts';
import { logqlLive } from './live.ts';
import { loadLogqlWords } from './words/words.ts';

/** The language. */
export const logqlEditing: QueryLanguage = {
  placeholder: 'logql.placeholder',
  grammar: logql,
  format: formatLogql,
  diagnose: logqlDiagnostics,
  async help(language, { t, cache, range }) {
    const source = { t, words: await loadLogqlWords(language), live: logqlLive(cache, range, Date.now) };
    return { completion: logqlCompletion(source), documentation: logqlDocumentation(source) };
  },
};
