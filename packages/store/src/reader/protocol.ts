/** What travels between the engine's thread and the threads that evaluate queries. */

import type { ErrorData } from '@atalaya/model';
import type { SelectionEstimate } from '../metrics/estimate.ts';
import type { DataChanges, HotRead } from '../metrics/store-interface.ts';
import type { RawSelection, SelectBounds, SelectQuestion } from '../metrics/selection.ts';

/** From the reader. */
export type ReaderMessage =
  | { readonly kind: 'select'; readonly call: number; readonly question: SelectQuestion; readonly bounds: SelectBounds }
  | { readonly kind: 'estimate'; readonly call: number; readonly question: SelectQuestion }
  | { readonly kind: 'changes'; readonly call: number; readonly since: number }
  | { readonly kind: 'cancel'; readonly call: number }
  /** A selection in the arena is not looked at any more. */
  | { readonly kind: 'release'; readonly lease: number };

/** Labels of series that the reader has not been told before. */
export interface LabelDelivery {
  /** Forget everything that was delivered before: the reader's memory is bounded, and both ends count. */
  readonly reset: boolean;
  readonly slots: Uint32Array<ArrayBuffer>;
  /** Canonical forms one after the other; that of `slots[i]` ends at `ends[i]`. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** To the reader. */
export type ServerMessage =
  /** The first message: where decoded samples lie, if anywhere. */
  | { readonly kind: 'arena'; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'hot'; readonly call: number; readonly hot: HotRead; readonly labels: LabelDelivery }
  | { readonly kind: 'selected'; readonly call: number; readonly raw: RawSelection; readonly labels: LabelDelivery }
  | { readonly kind: 'told'; readonly call: number; readonly value: SelectionEstimate | DataChanges }
  | { readonly kind: 'failed'; readonly call: number; readonly error: ErrorData };
