/** For tests of this and other rooms, never for the program itself. */

export { HOSTILE_TEXTS } from './engine/hostile-texts.ts';
