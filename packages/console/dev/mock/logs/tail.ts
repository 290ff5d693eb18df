/** The pretended live tail: a WebSocket that tells the lines of each half second. Text frames from the server only. */

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { LogSelection } from '@atalaya/lang';

import { streamsAnswer, tailSelection } from './answers.ts';
import { findLines } from './evaluate.ts';

const EVERY_MS = 500;
const PROTOCOL_KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Accepts a tail and feeds it until it closes; gives the way to end it. */
export function serveTail(request: IncomingMessage, socket: Duplex): () => void {
  const url = new URL(request.url ?? '/', 'http://mock');
  let selection: LogSelection;
  try {
    selection = tailSelection(url.searchParams.get('query') ?? '');
  } catch (error) {
    socket.end(`HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n${String(error)}`);
    return () => undefined;
  }
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${PROTOCOL_KEY}`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`);
  let from = BigInt(url.searchParams.get('start') ?? `${Date.now()}000000`);
  const timer = setInterval(() => {
    const to = BigInt(Date.now()) * 1_000_000n;
    const lines = findLines(selection, from, to, 5000, 'forward');
    from = to;
    if (lines.length > 0) socket.write(textFrame(JSON.stringify({ streams: streamsAnswer(lines), encodingFlags: ['categorize-labels'] })));
  }, EVERY_MS);
  const end = () => {
    clearInterval(timer);
    socket.destroy();
  };
  // Whatever the page says means that it closes.
  socket.on('data', end).on('close', end).on('error', end);
  return end;
}

function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  if (head.length === 2) head[1] = body.length;
  else if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(body.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}
