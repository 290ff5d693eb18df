/** Whether SELinux is on, and how strict: `/sys/fs/selinux` and `/etc/selinux/config`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { maybeNumber } from '../text.ts';

/** The modes as numbers, as libselinux counts them. */
const MODES: Readonly<Record<string, number>> = { enforcing: 1, permissive: 0, disabled: -1 };

/** @param text `/etc/selinux/config` @returns its mode as a number: disabled when it does not say */
export function parseSelinuxConfig(text: string): number {
  const mode = /^\s*SELINUX\s*=\s*(\w+)/m.exec(text)?.[1]?.toLowerCase() ?? 'disabled';
  return MODES[mode] ?? -1;
}

export const selinux: Part =
  ({ sys, root }) =>
  () => {
    const families = new Families();
    const enforce = maybeNumber(sys.tryRead('fs/selinux/enforce'));
    families.gauge('node_selinux_enabled', 'SELinux is enabled, 1 is true, 0 is false').add(enforce === undefined ? 0 : 1);
    if (enforce === undefined) return families;
    families
      .gauge('node_selinux_config_mode', 'Configured SELinux enforcement mode')
      .add(parseSelinuxConfig(root.tryRead('etc/selinux/config') ?? ''));
    families.gauge('node_selinux_current_mode', 'Current SELinux enforcement mode').add(enforce);
    return families;
  };
