/** Stages that set and take away labels: `labels`, `static_labels`, `labeldrop`, `labelallow`, and `structured_metadata`. */

import type { Cursor } from '../../../scrape-config/cursor.ts';
import { checkLabelName } from './expression.ts';
import { changing, type StageReader, textOf } from './stage.ts';

/** Names with the extracted value that each is filled from: its own name unless another is given. */
function readMapping(config: Cursor): [name: string, source: string][] {
  const entries = config.entries();
  if (entries.length === 0) config.warn(`${config.path}: names no label, so that it does nothing`);
  return entries.map(([name, source]) => {
    checkLabelName(name, source);
    return [name, source.text() || name];
  });
}

/** `labels`: extracted values become labels. */
export const readLabelsStage: StageReader = (config) => {
  const mapping = readMapping(config);
  return changing((entry) => {
    for (const [name, source] of mapping) {
      const value = textOf(entry.extracted.get(source));
      if (value !== undefined) entry.labels.set(name, value);
    }
  });
};

/** `structured_metadata`: extracted values become attributes of the line, which are searchable but make no streams. */
export const readStructuredMetadataStage: StageReader = (config) => {
  const mapping = readMapping(config);
  return changing((entry) => {
    for (const [name, source] of mapping) {
      const value = textOf(entry.extracted.get(source));
      if (value !== undefined) entry.attributes.set(name, value);
    }
  });
};

/** `static_labels`: labels with fixed values; one without a value is passed over. */
export const readStaticLabelsStage: StageReader = (config) => {
  const entries = config.entries();
  if (entries.length === 0) config.warn(`${config.path}: names no label, so that it does nothing`);
  const labels = entries.flatMap(([name, value]) => {
    checkLabelName(name, value);
    return value.empty ? [] : [[name, value.text()] as const];
  });
  return changing((entry) => {
    for (const [name, value] of labels) entry.labels.set(name, value);
  });
};

/** Names as a list; `labeldrop: name` and `labeldrop: {name: }` are taken too. */
function readNames(config: Cursor): string[] {
  const names =
    config.kind === 'scalar' && !config.empty
      ? [config.text()]
      : config.kind === 'map'
        ? config.entries().map(([name]) => name)
        : config.texts();
  if (names.length === 0) config.fail('must name at least one label');
  return names;
}

/** `labeldrop`: these labels are taken away. */
export const readLabelDropStage: StageReader = (config) => {
  const names = readNames(config);
  return changing((entry) => {
    for (const name of names) entry.labels.delete(name);
  });
};

/** `labelallow`: all other labels are taken away. */
export const readLabelAllowStage: StageReader = (config) => {
  const names = new Set(readNames(config));
  return changing((entry) => {
    for (const name of entry.labels.keys()) if (!names.has(name)) entry.labels.delete(name);
  });
};
