/** Open files of the whole machine: `/proc/sys/fs/file-nr`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, numberFrom } from '../text.ts';

/** @param text `/proc/sys/fs/file-nr`: allocated, free (always 0) and maximum */
export function parseFileNr(text: string): Families {
  const [allocated, , maximum] = fieldsOf(text);
  const families = new Families();
  families.gauge('node_filefd_allocated', 'File descriptor statistics: allocated.').add(numberFrom(allocated, 'file-nr'));
  families.gauge('node_filefd_maximum', 'File descriptor statistics: maximum.').add(numberFrom(maximum, 'file-nr'));
  return families;
}

export const filefd: Part =
  ({ proc }) =>
  () =>
    parseFileNr(proc.read('sys/fs/file-nr'));
