/** Listeners besides the main one. The program starts without one whose address it cannot have, and says so. */

import type { Logger, Status } from '@atalaya/model';
import { formatAddress, type ListenAddress, parseListenAddress } from './listen-address.ts';

/** How a listener is. */
export type ListenerState = Status['listeners'][number];

/** What listens, and how it ends. */
export interface Listening {
  readonly address: ListenAddress;
  stop(): Promise<void>;
}

export interface ListenerOptions {
  /** What it is for, as the status names it. */
  readonly name: string;
  /** The setting that holds its address. */
  readonly setting: string;
  /** The setting's value: an address, or `off`. */
  readonly text: string;
  readonly insecure: boolean;
  readonly log: Logger;
  /** Rejects when the address cannot be had. */
  listen(host: string, port: number): Promise<Listening>;
}

/** A listener that was opened, or was to be. */
export interface Listener {
  /** Undefined where it is switched off. */
  readonly state: ListenerState | undefined;
  stop(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

/** Opens a listener. Rejects with BAD_CONFIG when the setting is no address, or one that must not be listened on. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { name, setting, text, insecure, log } = options;
  if (text === 'off') return { state: undefined, stop: nothing };
  const wanted = parseListenAddress(text, insecure, setting);
  try {
    const listening = await options.listen(wanted.host, wanted.port);
    const address = formatAddress(listening.address.host, listening.address.port);
    log.info({ address }, `${name} listens`);
    return { state: { name, setting, address, up: true, message: 'listens' }, stop: () => listening.stop() };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const reason = code === 'EADDRINUSE' ? 'another program listens there already' : message;
    log.error({ address: text, reason, setting }, `${name} does not listen: its address cannot be had; everything else works`);
    return { state: { name, setting, address: text, up: false, message: `${reason}; see ${setting}` }, stop: nothing };
  }
}
