/** TraceQL for the query editor: its grammar, its checks, and its completion and documentation from live data. */

import type { QueryLanguage } from '../query-editor.tsx';
import { formatTraceql, traceqlDiagnostics } from './check.ts';
import { traceqlCompletion } from './complete.ts';
import { traceqlDocumentation } from './documentation.ts';
import { traceql } from './language.ts';
import { traceqlLive } from './live.ts';
import { loadTraceqlTexts } from './words/words.ts';

/** The language. */
export const traceqlEditing: QueryLanguage = {
  placeholder: 'traceql.placeholder',
  grammar: traceql,
  format: formatTraceql,
  diagnose: traceqlDiagnostics,
  async help(language, { t, cache, range }) {
    const source = { t, texts: await loadTraceqlTexts(language), live: traceqlLive(cache, range, Date.now) };
    return { completion: traceqlCompletion(source), documentation: traceqlDocumentation(source) };
  },
};
