/** Software RAID: `/proc/mdstat`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, numberFrom } from '../text.ts';

/** What `/proc/mdstat` says of an array. */
export interface RaidArray {
  readonly name: string;
  readonly state: 'active' | 'inactive' | 'recovering' | 'resync' | 'check';
  readonly required: number;
  readonly active: number;
  readonly failed: number;
  readonly spare: number;
  /** Blocks of 1 KiB. */
  readonly blocks: number;
  readonly synced: number;
}

const STATES = ['active', 'inactive', 'recovering', 'resync', 'check'] as const;

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

function disksOf(headline: string, statusLine: string): { required: number; active: number } {
  // These levels have no redundancy and so no [n/m]: each disk bears its number in brackets.
  if (/\b(raid0|linear)\b/.test(headline)) return { required: countOf(headline, '['), active: countOf(headline, '[') };
  if (fieldsOf(headline)[2] === 'inactive') return { required: 0, active: 0 };
  const match = /\[(\d+)\/(\d+)\] \[[U_]+\]/.exec(statusLine);
  return { required: numberFrom(match?.[1], `mdstat "${statusLine.trim()}"`), active: numberFrom(match?.[2], 'mdstat') };
}

/** The state and the blocks that are in sync, from the line of progress, when there is one. */
function progressOf(state: RaidArray['state'], blocks: number, details: readonly string[]): Pick<RaidArray, 'state' | 'synced'> {
  const line = details.find((detail) => /recovery|resync|check/.test(detail));
  if (line === undefined) return { state, synced: blocks };
  const doing = line.includes('recovery') ? 'recovering' : line.includes('check') ? 'check' : 'resync';
  if (/PENDING|DELAYED/.test(line)) return { state: doing, synced: 0 };
  return { state: doing, synced: numberFrom(/\((\d+)\/\d+\)/.exec(line)?.[1], `mdstat "${line.trim()}"`) };
}

/** @param text `/proc/mdstat` */
export function parseMdstat(text: string): RaidArray[] {
  const arrays: RaidArray[] = [];
  const lines = text.split('\n');
  lines.forEach((headline, index) => {
    if (!/^\S+ : /.test(headline) || headline.startsWith('Personalities')) return;
    const end = lines.findIndex((line, at) => at > index && !/^\s+\S/.test(line));
    const [statusLine = '', ...details] = lines.slice(index + 1, end < 0 ? lines.length : end);
    const blocks = numberFrom(fieldsOf(statusLine)[0], `mdstat "${statusLine.trim()}"`);
    arrays.push({
      name: fieldsOf(headline)[0] ?? '',
      ...disksOf(headline, statusLine),
      failed: countOf(headline, '(F)'),
      spare: countOf(headline, '(S)'),
      blocks,
      ...progressOf(fieldsOf(headline)[2] === 'inactive' ? 'inactive' : 'active', blocks, details),
    });
  });
  return arrays;
}

export const mdadm: Part =
  ({ proc }) =>
  () => {
    const families = new Families();
    for (const array of parseMdstat(proc.read('mdstat'))) {
      const device = ['device', array.name];
      for (const state of STATES) {
        families.gauge('node_md_state', 'Indicates the state of md-device.').add(array.state === state ? 1 : 0, ...device, 'state', state);
      }
      for (const state of ['active', 'failed', 'spare'] as const) {
        families.gauge('node_md_disks', 'Number of active/failed/spare disks of device.').add(array[state], ...device, 'state', state);
      }
      families.gauge('node_md_disks_required', 'Total number of disks of device.').add(array.required, ...device);
      families.gauge('node_md_blocks', 'Total number of blocks on device.').add(array.blocks, ...device);
      families.gauge('node_md_blocks_synced', 'Number of blocks synced on device.').add(array.synced, ...device);
    }
    return families;
  };
