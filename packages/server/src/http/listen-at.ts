/** Begins to listen, or says what is in the way. */

import { AtalayaError } from '@atalaya/model';
import type { buildHttp } from './listener.ts';

/** @param written the address as the settings have it. @throws AtalayaError BAD_CONFIG with the reason. */
export async function listenAt(
  http: Awaited<ReturnType<typeof buildHttp>>,
  { host, port }: { readonly host: string; readonly port: number },
  written: string,
): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    const { code } = error as { code?: string };
    const reason = code === 'EADDRINUSE' ? 'another program listens there already; choose another with --listen' : (error as Error).message;
    throw new AtalayaError('BAD_CONFIG', { file: `listen ${written}`, reason }, { cause: error });
  }
}
