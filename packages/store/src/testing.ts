/** For tests of this and other rooms, never for the program itself. */

export { HOSTILE_TEXTS } from './engine/hostile-texts.ts';
export { logRecordOf, type TestLine } from './logs/records-for-tests.ts';
