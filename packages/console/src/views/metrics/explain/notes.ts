/** The notes on a plan's steps in the reader's language: the server writes them in English, in a fixed set of sentences. */

import type { TFunction } from 'i18next';

/** The note translated; a sentence that we do not know stays as it is. */
export function translateNote(note: string, t: TFunction): string {
  switch (note) {
    case 'evaluated once: does not depend on the time':
      return t('explain.note.once');
    case 'pinned by @: the same samples at every step':
      return t('explain.note.pinned');
    case 'its read is shared with an equal selection':
      return t('explain.note.shared');
    case 'was not read':
      return t('explain.note.unread');
    case 'did not finish':
      return t('explain.note.unfinished');
    case 'computed together with its parent':
      return t('explain.note.fused');
    default:
      return note;
  }
}
