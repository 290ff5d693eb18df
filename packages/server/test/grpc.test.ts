import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { AtalayaError, silentLogger, systemClock } from '@atalaya/model';
import { afterEach, describe, expect, test } from 'vitest';
import { type GrpcServer, type GrpcServerOptions, listenGrpc } from '../src/grpc/grpc-server.ts';
import { BodyBudget } from '../src/http/body-budget.ts';

const LIMIT = 1000;
let server: GrpcServer | undefined;
let client: ClientHttp2Session | undefined;
afterEach(async () => {
  client?.destroy();
  await server?.stop();
  [client, server] = [undefined, undefined];
});

interface Reply {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const echo = async (message: Uint8Array): Promise<Uint8Array> => message;

async function start(options: Partial<GrpcServerOptions> = {}): Promise<{ client: ClientHttp2Session; bodies: BodyBudget }> {
  const bodies = new BodyBudget(10_000);
  server = await listenGrpc(
    {
      methods: { '/test.Echo/Say': echo },
      messageBytes: LIMIT,
      bodies,
      requestTimeMs: 0,
      clock: systemClock,
      log: silentLogger,
      stopping: () => false,
      ...options,
    },
    '127.0.0.1',
    0,
  );
  client = connect(`http://127.0.0.1:${server.address.port}`);
  client.on('error', () => undefined);
  return { client, bodies: options.bodies ?? bodies };
}

function open(session: ClientHttp2Session, headers: Record<string, string> = {}): { stream: ClientHttp2Stream; reply: Promise<Reply> } {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/test.Echo/Say',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const reply = new Promise<Reply>((resolve, reject) => {
    let first: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on('response', (received, flags) => {
      first = received;
      // An answer without a message has its trailers in its head.
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) resolve({ headers: first, trailers: first, body: Buffer.alloc(0) });
    });
    stream.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => resolve({ headers: first, trailers, body: Buffer.concat(chunks) }));
  });
  return { stream, reply };
}

function frame(message: Uint8Array, compressed = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = compressed;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

async function call(session: ClientHttp2Session, payload: Uint8Array, headers: Record<string, string> = {}): Promise<Reply> {
  const { stream, reply } = open(session, headers);
  stream.end(payload);
  return reply;
}

describe('a gRPC call', () => {
  test('is answered with a message and the status 0', async () => {
    const { client, bodies } = await start();
    const message = Buffer.from('hello');
    const { headers, trailers, body } = await call(client, frame(message), { 'content-type': 'application/grpc+proto' });
    expect(headers).toMatchObject({
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-accept-encoding': 'identity,gzip,deflate,zstd',
    });
    expect(trailers['grpc-status']).toBe('0');
    expect(body).toEqual(frame(message));
    expect(await call(client, frame(Buffer.alloc(0)))).toMatchObject({ body: frame(Buffer.alloc(0)), trailers: { 'grpc-status': '0' } });
    await expect.poll(() => bodies.used).toBe(0);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ] as const)('may be compressed: %s', async (encoding, compress) => {
    const { client } = await start();
    const message = Buffer.from('hello');
    expect((await call(client, frame(compress(message), 1), { 'grpc-encoding': encoding })).body).toEqual(frame(message));
    expect((await call(client, frame(message), { 'grpc-encoding': encoding })).body).toEqual(frame(message));
  });

  test('may arrive byte by byte', async () => {
    const { client } = await start();
    const { stream, reply } = open(client);
    const payload = frame(Buffer.from('hello'));
    for (const byte of payload) await new Promise((resolve) => stream.write(Uint8Array.of(byte), resolve));
    stream.end();
    expect((await reply).body).toEqual(payload);
  });

  test('is refused before it has arrived when it says that it is too large', async () => {
    const { client } = await start();
    const { stream, reply } = open(client);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(LIMIT + 1, 1);
    stream.write(prefix);
    const { trailers } = await reply;
    expect(trailers['grpc-status']).toBe('8');
    expect(trailers['grpc-message']).toContain('limits.body');
    expect(trailers['grpc-status-details-bin']).toBeUndefined();
  });

  test('is refused when it grows beyond the limit', async () => {
    const { client } = await start();
    const bomb = frame(gzipSync(Buffer.alloc(500_000)), 1);
    expect((await call(client, bomb, { 'grpc-encoding': 'gzip' })).trailers).toMatchObject({ 'grpc-status': '8' });
  });

  test.each<[string, Uint8Array, Record<string, string>, string]>([
    ['an unknown method', frame(Buffer.alloc(1)), { ':path': '/test.Echo/Shout' }, '12'],
    ['a method named like what objects have', frame(Buffer.alloc(1)), { ':path': '/toString' }, '12'],
    ['an unknown encoding', frame(Buffer.alloc(1), 1), { 'grpc-encoding': 'br' }, '12'],
    ['compression that is not named', frame(Buffer.alloc(1), 1), {}, '13'],
    ['damaged compression', frame(Buffer.from('no gzip'), 1), { 'grpc-encoding': 'gzip' }, '3'],
    ['unknown flags', frame(Buffer.alloc(1), 7), {}, '13'],
    ['no message', Buffer.alloc(0), {}, '13'],
    ['half a message', frame(Buffer.alloc(10)).subarray(0, 9), {}, '13'],
    ['two messages', Buffer.concat([frame(Buffer.alloc(1)), frame(Buffer.alloc(1))]), {}, '12'],
  ])('with %s fails', async (_, payload, headers, status) => {
    const { client } = await start();
    expect((await call(client, payload, headers)).trailers['grpc-status']).toBe(status);
    expect((await call(client, frame(Buffer.from('x')))).trailers['grpc-status']).toBe('0');
  });

  test('of another content type is a 415', async () => {
    const { client } = await start();
    expect((await call(client, frame(Buffer.alloc(1)), { 'content-type': 'application/json' })).headers[':status']).toBe(415);
  });

  test('that may succeed later is UNAVAILABLE, with the time to wait', async () => {
    const full = new AtalayaError('JOURNAL_FULL', { reason: 'full: 100 % – ü' }, { retryAfterSeconds: 7 });
    const { client } = await start({ methods: { '/test.Echo/Say': () => Promise.reject(full) } });
    const { trailers } = await call(client, frame(Buffer.alloc(1)));
    expect(trailers['grpc-status']).toBe('14');
    expect(decodeURIComponent(String(trailers['grpc-message']))).toBe('the journal cannot take more: full: 100 % – ü');
    const details = Buffer.from(String(trailers['grpc-status-details-bin']), 'base64').toString('latin1');
    expect(details).toContain('type.googleapis.com/google.rpc.RetryInfo');
    expect(details.endsWith('\u0012\u0004\u000a\u0002\u0008\u0007')).toBe(true);
  });

  test('is refused for a while when all bodies together are too much', async () => {
    const bodies = new BodyBudget(10);
    const { client } = await start({ bodies });
    const waiting = open(client);
    waiting.stream.write(frame(Buffer.alloc(100)).subarray(0, 8));
    await expect.poll(() => bodies.used).toBe(8);
    expect((await call(client, frame(Buffer.from('hello')))).trailers['grpc-status']).toBe('14');
    waiting.stream.close();
    await waiting.reply.catch(() => undefined);
    await expect.poll(() => bodies.used).toBe(0);
    expect((await call(client, frame(Buffer.from('hello')))).trailers['grpc-status']).toBe('0');
  });

  test('that does not arrive in time is cut off', async () => {
    const { client } = await start({ requestTimeMs: 20 });
    const { stream, reply } = open(client);
    stream.write(Buffer.alloc(3));
    expect((await reply).trailers['grpc-status']).toBe('4');
  });

  test('while stopping is to be sent again', async () => {
    const { client } = await start({ stopping: () => true });
    expect((await call(client, frame(Buffer.alloc(1)))).trailers).toMatchObject({ 'grpc-status': '14' });
  });
});

describe('the server', () => {
  test('lets running calls end when it stops', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow = async (message: Uint8Array): Promise<Uint8Array> => {
      entered.resolve();
      await release.promise;
      return message;
    };
    const { client } = await start({ methods: { '/test.Echo/Say': slow } });
    const reply = call(client, frame(Buffer.from('x')));
    await entered.promise;
    const stopped = server?.stop();
    release.resolve();
    expect((await reply).trailers['grpc-status']).toBe('0');
    await stopped;
    server = undefined;
  });

  test('outlives those who do not speak HTTP/2', async () => {
    const { client } = await start();
    const socket = connectTcp(server?.address.port as number, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await closed;
    expect((await call(client, frame(Buffer.from('x')))).trailers['grpc-status']).toBe('0');
  });

  test('rejects when the address is taken', async () => {
    await start();
    const { port } = (server as GrpcServer).address;
    const options: GrpcServerOptions = {
      methods: {},
      messageBytes: 1,
      bodies: new BodyBudget(1),
      requestTimeMs: 0,
      clock: systemClock,
      log: silentLogger,
      stopping: () => false,
    };
    await expect(listenGrpc(options, '127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
