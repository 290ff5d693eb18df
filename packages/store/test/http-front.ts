/** Enough of ClickHouse's HTTP interface before an embedded engine, so that the client can be tested without a server. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drainPending, Session } from 'chdb';

export interface HttpFront {
  readonly url: string;
  close(): Promise<void>;
}

/** What the client sends as parameters that are none of ClickHouse's settings. */
const OWN_PARAMETERS = new Set([
  'query',
  'query_id',
  'database',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
]);

/** Starts a front on a port of its own before a fresh, empty engine. */
export async function startHttpFront(): Promise<HttpFront> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-http-front-'));
  // A server runs queries side by side; a session runs one at a time.
  const sessions = Array.from({ length: 4 }, () => new Session(join(folder, 'data')));
  const control = new Session(join(folder, 'data'));
  let files = 0;

  const run = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://front');
    if (url.pathname === '/ping') {
      response.end('Ok.\n');
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const inUrl = url.searchParams.get('query');
    // In the address the statement leaves the body to the data; else the body is the statement.
    const statement = inUrl ?? body.toString('utf8');
    const settings = [...url.searchParams].filter(([name]) => !OWN_PARAMETERS.has(name));
    const clause = settings.map(([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(', ');
    const queryId = url.searchParams.get('query_id') ?? '';
    if (/^\s*KILL QUERY/.test(statement)) {
      // A session does not choose its query's id, so the front's own mark takes its place.
      await control.queryAsync(statement.replace(/query_id = '([^']*)'/, "query LIKE '/* $1 */%'"));
      response.end();
      return;
    }
    const session = sessions.pop();
    if (session === undefined) throw new Error('the front has no session left');
    const file = join(folder, `body-${++files}.native`);
    try {
      const insert = /^(INSERT INTO [\s\S]*) FORMAT Native\s*$/.exec(statement);
      let text: string;
      let format = 'TabSeparated';
      if (insert !== null && inUrl !== null) {
        await writeFile(file, body);
        text = `${insert[1]} SELECT * FROM file('${file}', Native)${clause === '' ? '' : ` SETTINGS ${clause}`}`;
      } else {
        const select = /^([\s\S]*?)\s*FORMAT (Native|JSONEachRow)\s*$/.exec(statement);
        format = select?.[2] ?? format;
        text = (select?.[1] ?? statement) + (select === null || clause === '' ? '' : ` SETTINGS ${clause}`);
      }
      const result = await session.queryAsync(`/* ${queryId} */ ${text}`, { format }).catch(async (error: unknown) => {
        // What it had put out would begin the session's next answer.
        await session.queryAsync('SELECT 1', { format }).catch(() => undefined);
        throw error;
      });
      response.setHeader('X-ClickHouse-Query-Id', queryId);
      response.setHeader('X-ClickHouse-Format', format);
      response.setHeader('X-ClickHouse-Summary', JSON.stringify({ read_rows: String(result.rowsRead) }));
      response.end(result.bytes());
    } finally {
      sessions.push(session);
      await rm(file, { force: true });
    }
  };

  const server = createServer((request, response) => {
    run(request, response).catch((error: unknown) => {
      const code = (error as { clickhouseCode?: number }).clickhouseCode ?? 0;
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(code === 159 ? 408 : 500, { 'X-ClickHouse-Exception-Code': String(code) });
      response.end(message.startsWith('Code: ') ? message : `Code: ${code}. DB::Exception: ${message} (FRONT)`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      for (const session of [...sessions, control]) session.close();
      await drainPending();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
