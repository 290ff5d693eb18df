/** Stages `template` and `replace`: values and parts of them written anew by Go templates. */

import { executeTemplate, parseTemplate, type Template, TemplateError, type TemplateOptions } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import type { Cursor } from '../../../scrape-config/cursor.ts';
import { pipelineFunctions } from '../template/functions.ts';
import { readExpression } from './expression.ts';
import { changing, inputOf, readSource, type StageEntry, type StageReader, textOf } from './stage.ts';

/** A template made ready: the text that it makes of values, `undefined` when it fails on them. */
type Writer = (values: ReadonlyMap<string, string>) => string | undefined;

function readTemplate(field: Cursor, clock: Clock, missing: TemplateOptions['missing']): Writer {
  const functions = pipelineFunctions(clock);
  let template: Template;
  try {
    template = parseTemplate('pipeline_template', field.text(), new Set(Object.keys(functions)));
  } catch (error) {
    if (error instanceof TemplateError) return field.fail(error.message);
    throw error;
  }
  return (values) => {
    try {
      return executeTemplate(template, values, { functions, missing });
    } catch (error) {
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
  };
}

/** What templates see: all extracted values as texts. */
function valuesOf({ extracted }: StageEntry): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of extracted) {
    const text = textOf(value);
    if (text !== undefined) values.set(name, text);
  }
  return values;
}

/** `template`: sets an extracted value; `.Value` is what it was, `.Entry` the line. An empty text takes it away. */
export const readTemplateStage: StageReader = (config, { clock }) => {
  const fields = config.section({ known: ['source', 'template'] });
  const source = fields.get('source')?.requiredText() ?? config.fail('source is missing');
  const write = readTemplate(fields.get('template') ?? config.fail('template is missing'), clock, 'nil');
  return changing((entry) => {
    const values = valuesOf(entry);
    const value = values.get(source);
    if (value !== undefined) values.set('Value', value);
    values.set('Entry', entry.line);
    const text = write(values);
    if (text === undefined) return;
    if (text === '') entry.extracted.delete(source);
    else entry.extracted.set(source, text);
  });
};

/** `replace`: what the groups of an expression match, replaced by a template in which `.Value` is the group's text. */
export const readReplaceStage: StageReader = (config, { clock }) => {
  const fields = config.section({ known: ['expression', 'source', 'replace'] });
  const field = fields.get('expression') ?? config.fail('expression is missing');
  const pattern = readExpression(field);
  if (pattern.groupNames.length === 1) {
    field.warn(`${field.path}: the expression has no group in parentheses, so that it replaces nothing`);
  }
  const source = readSource(fields);
  const template = fields.get('replace');
  const write: Writer = template === undefined ? () => '' : readTemplate(template, clock, 'empty');
  return changing((entry) => {
    const input = inputOf(entry, source);
    const matches = input === undefined ? [] : pattern.searchAll(input);
    const [first] = matches;
    if (input === undefined || first === undefined) return;
    const values = valuesOf(entry);
    const written = new Map<string, string>();
    let result = '';
    let end = 0;
    for (const match of matches) {
      for (const [group, text] of match.groups.entries()) {
        if (group === 0 || text === undefined) continue;
        values.set('Value', text);
        const replaced = write(values);
        if (replaced === undefined) return;
        // A group inside one that was replaced already is gone with it.
        if (end === 0 || end < match.groupStart(group)) {
          result += input.slice(end, match.groupStart(group)) + replaced;
          end = match.groupEnd(group);
        }
        written.set(text, replaced);
      }
    }
    result += input.slice(end);
    if (source === undefined) entry.line = result;
    else entry.extracted.set(source, result);
    for (const [group, name] of pattern.groupNames.entries()) {
      const value = name === '' ? undefined : written.get(first.groups[group] ?? '');
      if (value !== undefined) entry.extracted.set(name, value);
    }
  });
};
