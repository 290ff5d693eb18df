/** Scraping over real sockets: TLS, credentials, compression, redirects, time-outs, discovery. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { silentLogger, systemClock } from '@atalaya/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createScrapeManager, parsePrometheusConfig, type ScrapeManager } from '../src/index.ts';
import { FakeWriter } from '../src/scrape/fake-writer.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
let directory: string;
let writer: FakeWriter;
let manager: ScrapeManager;

async function listen(server: Server, host = '127.0.0.1'): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return `${host}:${(server.address() as AddressInfo).port}`;
}

const serve = (handler: Handler, host?: string): Promise<string> => listen(createServer(handler), host);

beforeAll(() => {
  directory = mkdtempSync('/tmp/atalaya-scrape-');
});
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(() => {
  writer = new FakeWriter();
  manager = createScrapeManager({ writer, clock: systemClock, log: silentLogger, userAgent: 'Atalaya/test' });
});
afterEach(async () => {
  await manager.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Applies a configuration with one job `j` of these lines, scraped five times a second. */
function apply(address: string, lines = ''): Promise<void> {
  const text = `
scrape_configs:
- job_name: j
  scrape_interval: 200ms
  static_configs: [{targets: ['${address}']}]
${lines.replaceAll(/^/gm, '  ')}
`;
  return manager.apply(parsePrometheusConfig(text, { file: 'prometheus.yml', directory }).config);
}

async function until<Value>(read: () => Value | undefined | false): Promise<Value> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const value = read();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`it did not happen; last error: ${manager.targets().activeTargets[0]?.lastError}`);
}

const health = () => until(() => manager.targets().activeTargets.find((target) => target.health !== 'unknown'));
const sampleOf = (name: string) => until(() => writer.samples.find((sample) => sample.series.startsWith(name)));

describe('over HTTP', () => {
  it('says who asks, and takes gzip over one connection, kept over a reload that changes nothing', async () => {
    const seen: IncomingMessage[] = [];
    const sockets = new Set<unknown>();
    const address = await serve((request, response) => {
      seen.push(request);
      sockets.add(request.socket);
      response.setHeader('content-encoding', 'gzip').end(gzipSync(`zipped ${seen.length}\n`));
    });
    await apply(address, 'params: {a: ["1 2"]}\nmetrics_path: /m');
    await until(() => seen.length >= 2);
    await apply(address, 'params: {a: ["1 2"]}\nmetrics_path: /m');
    await until(() => seen.length >= 4);
    expect(sockets.size).toBe(1);
    expect(seen[0]?.url).toBe('/m?a=1+2');
    expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'Atalaya/test', 'accept-encoding': 'gzip', host: address });
    expect(seen[0]?.headers.authorization).toBeUndefined();
    // The first scrape may have been too slow for its timeout on a busy machine.
    expect((await sampleOf('zipped')).value).toBeGreaterThan(0);
  });

  it('asks again when the target closed a kept connection just as it was used', async () => {
    const used = new Set<unknown>();
    let answered = 0;
    let cut = 0;
    const address = await serve((request, response) => {
      if (used.has(request.socket)) {
        cut++;
        request.socket.destroy();
        return;
      }
      used.add(request.socket);
      answered++;
      response.end('m 1\n');
    });
    await apply(address);
    await until(() => answered >= 4);
    expect(cut).toBeGreaterThan(0);
    expect(manager.stats().failures).toBe(0);
  });

  it('refuses a body beyond the limit, also one that only unpacks beyond it', async () => {
    let body = Buffer.from('m 1\n'.repeat(1000));
    let encoding = 'identity';
    const address = await serve((_request, response) => response.setHeader('content-encoding', encoding).end(body));
    await apply(address, 'body_size_limit: 1KB');
    expect((await health()).lastError).toBe('the body is larger than the body_size_limit of 1024 bytes');
    const failures = manager.stats().failures;
    body = gzipSync(body);
    encoding = 'gzip';
    expect(body.length).toBeLessThan(1024);
    await until(() => manager.stats().failures >= failures + 2);
    expect((await health()).lastError).toBe('the body is larger than the body_size_limit of 1024 bytes');
    expect(writer.samples.some((sample) => sample.series.startsWith('m'))).toBe(false);
  });

  it('cuts a slow target off at the time-out', async () => {
    const address = await serve((_request, response) => response.write('m 1\n'));
    await apply(address, 'scrape_timeout: 100ms');
    expect(await health()).toMatchObject({ health: 'down', lastError: 'no complete answer within the scrape timeout of 100ms' });
    expect((await sampleOf('up')).value).toBe(0);
  });

  it('says when nobody listens', async () => {
    const address = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await apply(address);
    expect((await health()).lastError).toBe(`connect ECONNREFUSED ${address}`);
  });
});

describe('credentials', () => {
  it('go along as basic auth, the password file being read again', async () => {
    const seen: string[] = [];
    const address = await serve((request, response) => {
      seen.push(request.headers.authorization ?? '');
      response.end('m 1\n');
    });
    writeFileSync(join(directory, 'password'), 'first\n');
    await apply(address, 'basic_auth: {username: ann, password_file: password}');
    await until(() => seen.length > 0);
    writeFileSync(join(directory, 'password'), 'second\n');
    await until(() => seen.at(-1) !== seen[0]);
    const decode = (header: string | undefined) => Buffer.from((header ?? '').replace('Basic ', ''), 'base64').toString();
    expect([decode(seen[0]), decode(seen.at(-1))]).toEqual(['ann:first', 'ann:second']);
  });

  it('and configured headers follow a redirect on the same host, but not to another', async () => {
    const seen: Record<string, IncomingMessage['headers']> = {};
    const foreign = await serve((request, response) => {
      seen.foreign = request.headers;
      response.end('m 1\n');
    }, '127.0.0.2');
    const address = await serve((request, response) => {
      const at = request.url ?? '';
      seen[at] = request.headers;
      response.writeHead(302, { location: at === '/metrics' ? '/again' : `http://${foreign}/metrics` }).end('moved');
    });
    await apply(address, 'authorization: {credentials: tok}\nhttp_headers: {X-Key: {secrets: [k]}}');
    expect((await health()).health).toBe('up');
    expect(seen['/again']).toMatchObject({ authorization: 'Bearer tok', 'x-key': 'k' });
    expect(seen.foreign).not.toHaveProperty('authorization');
    expect(seen.foreign).not.toHaveProperty('x-key');
  });

  it('redirects are not followed when told so, nor for ever', async () => {
    const address = await serve((_request, response) => response.writeHead(302, { location: '/metrics' }).end());
    await apply(address);
    expect((await health()).lastError).toBe('more than 10 redirects');
    await apply(address, 'follow_redirects: false');
    await until(() => manager.targets().activeTargets[0]?.lastError === 'the target answered HTTP status 302 Found');
  });

  it('that cannot be read fail the scrape and name the file only', async () => {
    await apply(await serve((_request, response) => response.end('m 1\n')), 'authorization: {credentials_file: nowhere}');
    expect((await health()).lastError).toBe(`cannot read ${join(directory, 'nowhere')}: ENOENT`);
  });
});

const openssl = (() => {
  try {
    return execFileSync('openssl', ['version']).toString();
  } catch {
    if (process.env.CI === 'true') throw new Error('openssl is missing: apt-get install openssl');
    return undefined;
  }
})();

const UNTRUSTED = "the target's certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT); name its authority as ca_file in tls_config";

describe.skipIf(openssl === undefined)('over TLS (needs openssl: apt-get install openssl)', () => {
  const file = (name: string) => join(directory, name);
  let answered: { serverName: unknown; client: string | undefined }[];
  let address: string;

  beforeAll(() => {
    for (const [name, subject] of [
      ['server', 'target.test'],
      ['client', 'scraper'],
    ] as const) {
      const names = ['-addext', `subjectAltName=DNS:${subject}`];
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}.key`)];
      execFileSync('openssl', ['req', '-x509', ...key, '-out', file(`${name}.pem`), '-days', '2', '-subj', `/CN=${subject}`, ...names], {
        stdio: 'pipe',
      });
    }
  });

  beforeEach(async () => {
    answered = [];
    const options = {
      key: readFileSync(file('server.key')),
      cert: readFileSync(file('server.pem')),
      ca: readFileSync(file('client.pem')),
      requestCert: true,
      rejectUnauthorized: false,
    };
    const server = createTlsServer(options, (request, response) => {
      const socket = request.socket as import('node:tls').TLSSocket & { servername?: unknown };
      answered.push({ serverName: socket.servername, client: socket.getPeerCertificate().subject?.CN as string | undefined });
      response.end('m 1\n');
    });
    address = await listen(server);
  });

  it('refuses a certificate that nobody vouches for', async () => {
    await apply(address, 'scheme: https');
    expect(await health()).toMatchObject({ health: 'down', lastError: UNTRUSTED });
    expect(answered).toEqual([]);
  });

  it('trusts ca_file, checks server_name, and shows its own certificate', async () => {
    await apply(
      address,
      'scheme: https\ntls_config: {ca_file: server.pem, server_name: target.test, cert_file: client.pem, key_file: client.key, min_version: TLS13}',
    );
    expect((await health()).lastError).toBe('');
    expect(answered[0]).toEqual({ serverName: 'target.test', client: 'scraper' });
  });

  it('refuses a certificate for another name', async () => {
    await apply(address, 'scheme: https\ntls_config: {ca_file: server.pem, server_name: other.test}');
    expect((await health()).lastError).toMatch(/^Hostname\/IP does not match certificate's altnames/);
  });

  it('trusts anybody with insecure_skip_verify', async () => {
    await apply(address, 'scheme: https\ntls_config: {insecure_skip_verify: true}');
    expect((await health()).health).toBe('up');
  });

  it('takes certificates written in the configuration', async () => {
    const ca = JSON.stringify(readFileSync(file('server.pem'), 'utf8'));
    await apply(address, `scheme: https\ntls_config: {ca: ${ca}, server_name: target.test}`);
    expect((await health()).health).toBe('up');
  });
});

describe('discovery', () => {
  const instances = () => manager.targets().activeTargets.map((target) => target.labels.instance);

  it('by file follows a change while running', async () => {
    const address = await serve((_request, response) => response.end('m 1\n'));
    const file = join(directory, 'targets.json');
    writeFileSync(file, '[]');
    const text = `scrape_configs: [{job_name: j, scrape_interval: 200ms, file_sd_configs: [{files: [targets.json], refresh_interval: 100ms}]}]`;
    await manager.apply(parsePrometheusConfig(text, { file: 'prometheus.yml', directory }).config);
    expect(instances()).toEqual([]);
    writeFileSync(`${file}.new`, JSON.stringify([{ targets: [address], labels: { env: 'x' } }]));
    renameSync(`${file}.new`, file);
    expect((await sampleOf('m{')).series).toBe(`m{env="x", instance="${address}", job="j"}`);
    writeFileSync(`${file}.new`, '[]');
    renameSync(`${file}.new`, file);
    await until(() => writer.samples.some((sample) => sample.series.startsWith('m{') && sample.value === 'stale'));
    expect(instances()).toEqual([]);
  });

  it('by HTTP asks with its own credentials', async () => {
    const address = await serve((_request, response) => response.end('m 1\n'));
    let asked: string | undefined;
    const service = await serve((request, response) => {
      asked = request.headers.authorization;
      response.setHeader('content-type', 'application/json').end(JSON.stringify([{ targets: [address] }]));
    });
    const text = `scrape_configs: [{job_name: j, scrape_interval: 200ms, http_sd_configs: [{url: 'http://${service}/', authorization: {credentials: sd}}]}]`;
    await manager.apply(parsePrometheusConfig(text, { file: 'prometheus.yml', directory }).config);
    expect((await health()).labels.instance).toBe(address);
    expect(asked).toBe('Bearer sd');
  });
});
