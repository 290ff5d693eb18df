/** What a client calls the other side, when that does not speak for itself. */

import type { SpanBatch } from '@atalaya/journal';
import { TextCache } from '../../protobuf/text-cache.ts';
import type { AttributeFinder } from '../find-attributes.ts';
import { labelText } from './label-text.ts';

/** Attributes that only calls of a database have, the better names first. */
const OF_DATABASES = ['db.namespace', 'db.name', 'db.system.name', 'db.system'];
/** Names of any other side. `net.peer.name` is what `server.address` was called before. */
const OF_ANY = ['peer.service', 'server.address', 'net.peer.name'];

/** All of them, as they are to be looked for. */
export const PEER_ATTRIBUTES: readonly string[] = ['peer.service', ...OF_DATABASES, ...OF_ANY.slice(1)];

/** The other side of a call. */
export interface Peer {
  /** Empty where nothing tells. */
  readonly name: string;
  readonly isDatabase: boolean;
}

const NOBODY: Peer = { name: '', isDatabase: false };

export class PeerNames {
  readonly #texts = new TextCache();
  readonly #first: number;

  /** @param first the place from which on {@link PEER_ATTRIBUTES} are looked for */
  constructor(first: number) {
    this.#first = first;
  }

  /** Whom the span of a row called. */
  peer({ attributes }: SpanBatch, row: number, found: AttributeFinder): Peer {
    const database = this.#value(attributes.values, row, found, OF_DATABASES);
    const service = this.#value(attributes.values, row, found, ['peer.service']);
    if (database !== undefined) return { name: service ?? database, isDatabase: true };
    const name = service ?? this.#value(attributes.values, row, found, OF_ANY);
    return name === undefined ? NOBODY : { name, isDatabase: false };
  }

  /** The first of the attributes that is there and not empty. */
  #value(values: Uint8Array, row: number, found: AttributeFinder, names: readonly string[]): string | undefined {
    for (const name of names) {
      const place = this.#first + PEER_ATTRIBUTES.indexOf(name);
      const start = found.start(row, place);
      if (start < 0) continue;
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      const text = labelText(this.#texts.text(bytes, start, found.end(row, place)));
      if (text !== '') return text;
    }
    return undefined;
  }
}
