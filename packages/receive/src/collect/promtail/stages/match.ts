/** Stage `match`: stages for the entries that a LogQL selector with line filters holds for, or their dropping. */

import { type LineFilter, LogqlError, parseLineSelector } from '@atalaya/lang';
import { compileMatcher, compileSearch, type CompiledMatcher } from '@atalaya/model';
import type { Cursor } from '../../../scrape-config/cursor.ts';
import type { Stage, StageEntry, StageReader } from './stage.ts';

export const readMatchStage: StageReader = (config, { metrics, readStages }) => {
  const fields = config.section({ known: ['selector', 'stages', 'action', 'pipeline_name', 'drop_counter_reason'] });
  const field = fields.get('selector') ?? config.fail('selector is missing');
  const matches = readSelector(field);
  const action = fields.get('action')?.choice(['keep', 'drop'], (text) => text || 'keep') ?? 'keep';
  const stages = fields.get('stages');
  const count = stages?.items().length ?? 0;
  const reason = fields.get('drop_counter_reason')?.text() || 'match_stage';
  if (action === 'drop') {
    if (count > 0) stages?.fail('has no meaning for the action drop; remove it');
    const stage: Stage = {
      process(entry, emit) {
        if (matches(entry)) metrics.countDropped(reason);
        else emit(entry);
      },
    };
    return () => stage;
  }
  if (stages === undefined || count === 0) return config.fail('needs at least one stage in stages; to drop what matches give action: drop');
  const make = readStages(stages);
  return () => {
    const inner = make();
    return {
      process(entry, emit) {
        if (!matches(entry)) {
          emit(entry);
          return;
        }
        for (const [name, value] of entry.labels) entry.extracted.set(name, value);
        inner.process(entry, emit);
      },
      ...(inner.holding === undefined ? {} : { holding: inner.holding }),
    };
  };
};

/** Whether a selector and its filters hold for an entry. */
function readSelector(field: Cursor): (entry: StageEntry) => boolean {
  try {
    const { matchers, filters } = parseLineSelector(field.requiredText());
    const compiled: CompiledMatcher[] = matchers.map((matcher) => compileMatcher(matcher));
    const conditions = filters.map((filter) => readFilter(filter, field));
    return (entry) =>
      compiled.every((matcher) => matcher.matches(entry.labels.get(matcher.name) ?? '')) && conditions.every((holds) => holds(entry.line));
  } catch (error) {
    if (error instanceof LogqlError) return field.fail(error.message);
    throw error;
  }
}

function readFilter({ operator, alternatives }: LineFilter, field: Cursor): (line: string) => boolean {
  const finds = alternatives.map(({ value, ip }) => {
    if (ip || operator.endsWith('>')) return field.fail('only |=, !=, |~ and !~ with texts may follow the selector here');
    if (!operator.endsWith('~')) return (line: string) => line.includes(value);
    const pattern = compileSearch(value);
    return (line: string) => pattern.test(line);
  });
  const negative = operator.startsWith('!');
  return (line) => finds.some((find) => find(line)) !== negative;
}
