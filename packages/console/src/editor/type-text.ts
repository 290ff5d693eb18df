/** PromQL's types of values in the reader's language. */

import type { TFunction } from 'i18next';

/** The name of a type; what is none stays as it is. */
export function typeText(name: string, t: TFunction): string {
  switch (name) {
    case 'scalar':
      return t('editor.type.scalar');
    case 'string':
      return t('editor.type.string');
    case 'instant vector':
      return t('editor.type.vector');
    case 'range vector':
      return t('editor.type.range');
    default:
      return name;
  }
}
