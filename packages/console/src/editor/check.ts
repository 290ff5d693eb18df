/** Marks what is wrong in a query while it is typed: the server's own parser finds it, the reader's language tells it. */

import { AGGREGATION_OPERATORS, FUNCTIONS, parsePromql, PromqlError, type PromqlFeature } from '@atalaya/lang';
import { nearestName } from '@atalaya/model';
import type { Action, Diagnostic } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import type { TFunction } from 'i18next';

import { translateDiagnostic } from './diagnostics.ts';
import { errorMark } from './error-mark.ts';
import { metricText, selectorsOf } from './text/selectors.ts';

/** What was found in a text. */
export type Checked = { readonly state: 'empty' } | { readonly state: 'good' } | { readonly state: 'wrong'; readonly error: PromqlError };

/** Parses a text as the server would, with its feature flags; with the usual ones where they are not known. */
export function checkQuery(text: string, features?: ReadonlySet<PromqlFeature>): Checked {
  if (text.trim() === '') return { state: 'empty' };
  try {
    parsePromql(text, features);
    return { state: 'good' };
  } catch (error) {
    if (error instanceof PromqlError) return { state: 'wrong', error };
    throw error;
  }
}

/** A change that would mend a fault. */
export interface Fix {
  /** What the changed place would read. */
  readonly shown: string;
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

const CALLABLE = [...FUNCTIONS.keys(), ...AGGREGATION_OPERATORS];
const USUAL_RANGE = '[5m]';

/** The change that most likely mends an error, if one is plain. */
export function fixOf(text: string, error: PromqlError): Fix | undefined {
  const { reason, start, end } = error;
  const unknown = /^unknown function with name "(.+)"$/.exec(reason)?.[1];
  if (unknown !== undefined) {
    const meant = nearestName(unknown.toLowerCase(), CALLABLE);
    return meant === undefined ? undefined : { shown: meant, from: start, to: start + unknown.length, insert: meant };
  }
  if (/^expected type range vector .* got instant vector$/.test(reason)) {
    const selector = selectorsOf(text).find((found) => found.start === start && found.end === end);
    if (selector === undefined) return undefined;
    return { shown: text.slice(start, end) + USUAL_RANGE, from: end, to: end, insert: USUAL_RANGE };
  }
  const closing = { 'unclosed left parenthesis': ')', 'unclosed left bracket': ']', 'unexpected end of input inside braces': '}' }[reason];
  if (closing !== undefined) {
    const at = text.trimEnd().length;
    return { shown: closing, from: at, to: at, insert: closing };
  }
  if (/^comparisons between scalars must use BOOL modifier$/.test(reason)) {
    const operator = /==|!=|<=|>=|<|>/.exec(text.slice(start, end));
    if (operator === null) return undefined;
    const at = start + operator.index + operator[0].length;
    return { shown: `${operator[0]} bool`, from: at, to: at, insert: ' bool' };
  }
  return undefined;
}

/** What is known of the server when a text is checked. */
interface Known {
  /** All metrics there are. */
  readonly metrics: ReadonlySet<string> | undefined;
  readonly features: ReadonlySet<PromqlFeature> | undefined;
}

/** The marks for an editor's text. */
export function diagnosticsOf(text: string, t: TFunction, cursor: number, { metrics, features }: Known): Diagnostic[] {
  const checked = checkQuery(text, features);
  if (checked.state === 'empty') return [];
  if (checked.state === 'good') return metrics === undefined ? [] : unknownMetrics(text, t, cursor, metrics);
  const { error } = checked;
  const fix = fixOf(text, error);
  const mark = errorMark(text, error, translateDiagnostic(error.reason, t));
  return [fix === undefined ? mark : { ...mark, actions: [actionOf(fix, t)] }];
}

function actionOf({ shown, from, to, insert }: Fix, t: TFunction): Action {
  return {
    name: t('editor.fix', { shown }),
    apply(view: EditorView) {
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: 'input.fix' });
      view.focus();
    },
  };
}

/** Metrics that nothing has sent: no fault, but most often a slip. A name that is being typed is left in peace. */
function unknownMetrics(text: string, t: TFunction, cursor: number, known: ReadonlySet<string>): Diagnostic[] {
  if (known.size === 0) return [];
  return selectorsOf(text).flatMap(({ metric, start, end }): Diagnostic[] => {
    if (metric === '' || known.has(metric) || (cursor >= start && cursor <= end) || text.slice(start, start + metric.length) !== metric)
      return [];
    const meant = nearestName(metric, [...known]);
    const to = start + metric.length;
    const fix: Fix | undefined = meant === undefined ? undefined : { shown: meant, from: start, to, insert: metricText(meant) };
    return [
      {
        from: start,
        to,
        severity: 'warning',
        message: t('editor.unknownMetric', { metric }),
        ...(fix === undefined ? {} : { actions: [actionOf(fix, t)] }),
      },
    ];
  });
}
