/** What `uname` says: `/proc/sys/kernel`. */

import { machine } from 'node:os';
import { Families } from '../family.ts';
import type { Part } from '../part.ts';

export const uname: Part = ({ proc }) => {
  const text = (file: string): string => proc.read(`sys/kernel/${file}`);
  return () => {
    const families = new Families();
    families.gauge('node_uname_info', 'Labeled system information as provided by the uname system call.').info({
      sysname: text('ostype'),
      release: text('osrelease'),
      version: text('version'),
      machine: machine(),
      nodename: text('hostname'),
      domainname: text('domainname'),
    });
    return families;
  };
};
