/** When the expressions are evaluated: seven seconds past the half minute, so that no step of a subquery lies on the border of a window. */

import { BEGIN } from './dataset.ts';

/** Seconds since the epoch: the first step of range queries, and the only one of instant queries. */
export const START = BEGIN / 1000 + 62 * 60 + 7;
/** The last step of range queries, and the distance between steps. */
export const END = START + 30 * 60;
export const STEP = 180;
/** The instant that `@` names, in seconds. */
export const FIXED_TIME = BEGIN / 1000 + 45 * 60 + 11.5;
