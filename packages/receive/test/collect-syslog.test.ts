/** Syslog over real sockets. */

import { createSocket } from 'node:dgram';
import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { compilePattern } from '@atalaya/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectSource } from '../src/collect/collect-config.ts';
import { CollectRun, jobOf, joiningPipeline, pause } from './support/collect-run.ts';

let runs: CollectRun[];
let sockets: Socket[];

beforeEach(() => {
  runs = [];
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const run of runs) await run.stop();
  for (const run of runs) rmSync(run.folder, { recursive: true, force: true });
});

type Syslog = Extract<CollectSource, { kind: 'syslog' }>;

const SYSLOG: Syslog = {
  kind: 'syslog',
  listen: '127.0.0.1:0',
  protocol: 'tcp',
  format: 'rfc5424',
  idleMs: 60_000,
  labelStructuredData: false,
  useIncomingTimestamp: true,
  wholeMessage: false,
  maxMessageBytes: 8192,
  labels: { job: 'syslog' },
};

/** A listener on a free port; gives it with the port. */
async function start(more: Partial<Syslog>, job: Parameters<typeof jobOf>[1] = {}): Promise<{ run: CollectRun; port: number }> {
  const source: Syslog = { ...SYSLOG, ...more };
  const run = await CollectRun.start([jobOf(source, job)]);
  runs.push(run);
  for (;;) {
    const port = Number(run.collector.targets()[0]?.name.split(':').at(-1));
    if (port > 0) return { run, port };
    await pause(5);
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

const NEW = '<27>1 2026-11-22T09:00:00.000000123Z web-1 shop 8710 ID47 [origin@32473 ip="10.0.0.1"] Paid';

describe('syslog', () => {
  it.each(['tcp', 'udp'] as const)('takes messages of both kinds over %s', async (protocol) => {
    const { run, port } = await start({ protocol });
    const messages = [NEW, '<34>Oct 11 22:14:15 old su[3]: failed'];
    if (protocol === 'tcp') (await open(port)).write(messages.map((message) => `${message.length} ${message}`).join(''));
    else {
      const socket = createSocket('udp4');
      for (const message of messages) await new Promise((resolve) => socket.send(`${message}\n`, port, '127.0.0.1', resolve));
      socket.close();
    }
    const lines = await run.until(2);
    expect(lines[0]).toMatchObject({
      body: 'Paid',
      labels: { job: 'syslog', host: 'web-1', app: 'shop', facility: 'daemon' },
      timestamp: BigInt(Date.parse('2026-11-22T09:00:00Z')) * 1_000_000n + 123n,
      level: 'error',
    });
    expect(lines[0]?.attributes).toEqual(['level', 'error', 'proc_id', '8710', 'msg_id', 'ID47', 'sd_origin_32473_ip', '10.0.0.1']);
    expect(lines[1]).toMatchObject({ body: 'failed', labels: { host: 'old', app: 'su', facility: 'auth' }, level: 'critical' });
    // Its time has no zone and is far off: when it was received is more likely.
    expect(Number((lines[1]?.timestamp ?? 0n) / 1_000_000n)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('gives structured data as labels and whole messages where that is wanted', async () => {
    const relabel = { action: 'labelmap' as const, sourceLabels: [], separator: ';', modulus: 0, targetLabel: '', replacement: '$1' };
    const { run, port } = await start(
      { labelStructuredData: true, wholeMessage: true, useIncomingTimestamp: false },
      { relabelConfigs: [{ ...relabel, regex: compilePattern('__syslog_(?:message|connection)_(.*)') }] },
    );
    (await open(port)).write(`${NEW}\n`);
    const [line] = await run.until(1);
    expect(line?.body).toBe(NEW);
    expect(line?.labels).toMatchObject({
      ip_address: '127.0.0.1',
      severity: 'error',
      facility: 'daemon',
      hostname: 'web-1',
      app_name: 'shop',
      proc_id: '8710',
      msg_id: 'ID47',
      sd_origin_32473_ip: '10.0.0.1',
    });
  });

  it('keeps the lines of connections apart, and lets go what a pipeline holds when one ends', async () => {
    const { run, port } = await start({}, { pipeline: () => joiningPipeline(60_000) });
    const [a, b] = [await open(port), await open(port)];
    a.write('<1>a: error\n');
    b.write('<1>b: error\n');
    while (run.collector.targets()[0]?.lines !== 2) await pause(5);
    a.write('<1>a:  at x\n');
    b.write('<1>b:  at y');
    while (run.collector.targets()[0]?.lines !== 3) await pause(5);
    a.end();
    b.end();
    expect((await run.until(2)).map(({ body }) => body).sort()).toEqual(['error\n at x', 'error\n at y']);
  });

  it('ends connections that say nothing, and tells of messages that were cut', async () => {
    const { run, port } = await start({ idleMs: 100, maxMessageBytes: 50 });
    const socket = await open(port);
    socket.write(`<1>${'x'.repeat(100)}\n`);
    const [line] = await run.until(1);
    expect(line?.body).toHaveLength(47);
    expect(run.collector.targets()[0]?.lastError).toBe('1 messages cut to 50 bytes');
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('takes every line of many connections, once', async () => {
    const { run, port } = await start({});
    const connections = await Promise.all(Array.from({ length: 50 }, () => open(port)));
    for (const [c, socket] of connections.entries()) {
      for (let i = 0; i < 100; i++)
        socket.write(i % 2 === 0 ? `<13>app: ${c}-${i}\n` : `${`<13>app: ${c}-${i}`.length} <13>app: ${c}-${i}`);
      socket.end();
    }
    const bodies = (await run.until(5000)).map(({ body }) => body);
    expect(bodies).toHaveLength(5000);
    expect(new Set(bodies).size).toBe(5000);
  });

  it('listens as soon as the port is free', async () => {
    const { run: first, port } = await start({});
    const run = await CollectRun.start([jobOf({ ...SYSLOG, listen: `127.0.0.1:${port}` })]);
    runs.push(run);
    while (run.collector.targets()[0]?.state !== 'failed') await pause(5);
    expect(run.collector.targets()[0]?.lastError).toContain('EADDRINUSE');
    await first.collector.stop();
    while (run.collector.targets()[0]?.state === 'failed') await pause(5);
    (await open(port)).write('<1>app: there\n');
    expect((await run.until(1)).map(({ body }) => body)).toEqual(['there']);
  });
});
