/** What travels between the engine's thread and the threads that read log lines. */

import type { ErrorData } from '@atalaya/model';
import type { CountsAnswer } from '../read/counts.ts';
import type { EstimateQuestion } from '../read/estimate.ts';
import type { CountsQuestion, LinesQuestion } from '../read/requests.ts';

/** From the reader. `next` asks for the next portion of a reading; `end` ends a reading or a count, whether or not an answer is under way. */
export type LogReaderMessage =
  | { readonly kind: 'lines'; readonly call: number; readonly question: LinesQuestion }
  | { readonly kind: 'next'; readonly call: number }
  | { readonly kind: 'counts'; readonly call: number; readonly question: CountsQuestion; readonly groups: number }
  | { readonly kind: 'estimate'; readonly call: number; readonly question: EstimateQuestion }
  | { readonly kind: 'end'; readonly call: number };

/** Lines of a reading as they travel. */
export interface LinesPortion {
  /** Native blocks. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many of the rows count. */
  readonly rows: number;
  /** Streams that were not told in an earlier portion: fingerprints as words, and canonical label sets that end at `ends`. */
  readonly streams: {
    readonly fingerprints: Uint32Array<ArrayBuffer>;
    readonly ends: Uint32Array<ArrayBuffer>;
    readonly labels: Uint8Array<ArrayBuffer>;
  };
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** To the reader. Each `lines` and `next` is answered by one portion, `undefined` at the end. */
export type LogServerMessage =
  | { readonly kind: 'portion'; readonly call: number; readonly portion: LinesPortion | undefined }
  | { readonly kind: 'counted'; readonly call: number; readonly answer: CountsAnswer }
  | { readonly kind: 'estimated'; readonly call: number; readonly lines: number }
  | { readonly kind: 'failed'; readonly call: number; readonly error: ErrorData };
