/** What the editor says about the words of PromQL, in the reader's language; fetched when the editor is. */

import type { AggregationOperator } from '@atalaya/lang';

import type { Language } from '../../i18n/index.ts';
import type { MODIFIERS, WORD_OPERATORS } from '../text/grammar.ts';

/** Operators and modifiers, and the `@`. */
export type Keyword = (typeof WORD_OPERATORS)[number] | (typeof MODIFIERS)[number] | '@';

/** Patterns to start a query from; each has a title. */
export const SNIPPETS = {
  rate: 'sum by (${label}) (rate(${counter}[5m]))',
  quantile: 'histogram_quantile(0.95, sum by (le) (rate(${histogram}_bucket[5m])))',
  share: 'sum(rate(${part}[5m])) / sum(rate(${whole}[5m]))',
  average: 'rate(${summary}_sum[5m]) / rate(${summary}_count[5m])',
  full: 'predict_linear(${gauge}[6h], 4 * 3600) < 0',
  yesterday: '${metric} - ${metric} offset 1d',
} as const;

/** The texts of one language. */
export interface Words {
  /** One sentence for each function of the language. */
  readonly functions: Readonly<Record<string, string>>;
  /** What is worth knowing beyond the sentence, for the words where people slip. */
  readonly hints: Readonly<Record<string, string>>;
  readonly aggregations: Readonly<Record<AggregationOperator, string>>;
  readonly keywords: Readonly<Record<Keyword, string>>;
  readonly snippets: Readonly<Record<keyof typeof SNIPPETS, string>>;
}

/** The texts of a language. */
export async function loadWords(language: Language): Promise<Words> {
  return language === 'es' ? (await import('./es.ts')).spanish : (await import('./en.ts')).english;
}
