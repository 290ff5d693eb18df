/** What the editor says about the words of TraceQL. English stands beside the language itself; other languages are fetched when they are wanted. */

import type { Language } from '../../../i18n/index.ts';
import type { TraceqlTexts } from '../complete.ts';

/** The texts of a language, by the word; none for English. */
export async function loadTraceqlTexts(language: Language): Promise<TraceqlTexts> {
  return language === 'es' ? (await import('./es.ts')).spanish : {};
}
