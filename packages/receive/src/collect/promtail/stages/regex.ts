/** Stage `regex`: the named groups of an expression become extracted values. */

import { checkLabelName, readExpression } from './expression.ts';
import { changing, inputOf, readSource, type StageReader } from './stage.ts';

export const readRegexStage: StageReader = (config) => {
  const fields = config.section({ known: ['expression', 'source', 'labels_from_groups'] });
  const field = fields.get('expression') ?? config.fail('expression is missing');
  const pattern = readExpression(field);
  const source = readSource(fields);
  const alsoLabels = fields.get('labels_from_groups')?.boolean() ?? false;
  const groups = pattern.groupNames.flatMap((name, group) => (name === '' ? [] : [{ name, group }]));
  if (groups.length === 0) field.warn(`${field.path}: the expression has no named group, like (?P<name>…), so that it extracts nothing`);
  if (alsoLabels) for (const { name } of groups) checkLabelName(name, field);
  return changing((entry) => {
    const input = inputOf(entry, source);
    const match = input === undefined ? undefined : pattern.search(input);
    if (match === undefined) return;
    for (const { name, group } of groups) {
      // A group that took no part is empty, as in Go.
      const value = match.groups[group] ?? '';
      entry.extracted.set(name, value);
      if (alsoLabels) entry.labels.set(name, value);
    }
  });
};
