/** The console's files: built assets for ever, the page itself anew each time. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance } from 'fastify';

const DIST = fileURLToPath(new URL('../../../../console/dist/', import.meta.url));
const API_PATHS = /^\/(?:api|loki|tempo|jaeger|v1|health|metrics|federate|-)(?:\/|$)/;

/** Registers the console's files; every path that is no file and no API answers with the page, which routes it. */
export async function webRoutes(app: FastifyInstance, root: string = DIST): Promise<void> {
  if (existsSync(root)) {
    await app.register(staticFiles, {
      root,
      serve: false,
      cacheControl: false,
    });
  }
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (API_PATHS.test(pathname)) throw new AtalayaError('NOT_FOUND', { what: `${request.method} ${pathname}` });
    if (!existsSync(root))
      throw new AtalayaError('NOT_FOUND', { what: 'the console (it has not been built: npm run build -w packages/console)' });
    const file = decodeURIComponent(pathname).slice(1);
    const isFile =
      file !== '' && !file.includes('\0') && isInside(root, file) && existsSync(path.join(root, file)) && path.extname(file) !== '';
    if (isFile) {
      if (file.startsWith('assets/')) reply.header('Cache-Control', 'public, max-age=31536000, immutable');
      return reply.sendFile(file);
    }
    if (path.extname(file) !== '') throw new AtalayaError('NOT_FOUND', { what: pathname });
    return reply.header('Cache-Control', 'no-cache').sendFile('index.html');
  });
}

function isInside(root: string, file: string): boolean {
  return path.resolve(root, file).startsWith(path.resolve(root) + path.sep);
}
