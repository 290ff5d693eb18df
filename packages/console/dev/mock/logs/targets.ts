/** What the pretended program collects log lines from. */

import type { LogTargets } from '@atalaya/model';

import type { Scene } from '../answers.ts';

/** `GET /api/atalaya/log-targets`. */
export function logTargetsOf(scene: Scene, now: number): LogTargets {
  if (scene === 'empty') return { targets: [] };
  const read = { lines: 0, bytes: 0, rejected: {}, lastReadAt: now - 1200 };
  return {
    targets: [
      {
        ...read,
        job: 'host journal',
        kind: 'journal',
        name: 'journald',
        labels: { job: 'journal', host: 'vigia-01' },
        state: 'reading',
        lines: 48_211,
        bytes: 6_914_000,
      },
      {
        ...read,
        job: 'nginx',
        kind: 'file',
        name: '/var/log/nginx/access.log',
        labels: { job: 'nginx', filename: '/var/log/nginx/access.log' },
        state: 'reading',
        lines: 1_204_331,
        bytes: 231_400_112,
        lagBytes: 4096,
        rejected: { too_old: 12 },
      },
      {
        ...read,
        job: 'app',
        kind: 'container',
        name: 'checkout-1',
        labels: { job: 'shop', container: 'checkout-1' },
        state: scene === 'problems' ? 'failed' : 'reading',
        lines: 88_120,
        bytes: 17_400_200,
        ...(scene === 'problems' ? { lastError: 'connect ENOENT /var/run/docker.sock' } : {}),
      },
      {
        ...read,
        job: 'network',
        kind: 'syslog',
        name: 'udp://0.0.0.0:514',
        labels: { job: 'syslog' },
        state: 'waiting',
        lastReadAt: now - 3_600_000,
      },
    ],
  };
}
