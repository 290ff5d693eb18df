/** For tests of this and other rooms, never for the program itself: test scripts, and what runs them against anything that answers. */

export { type ApiData, type Reply, runScript, type Target } from '../test/run-script.ts';
export { featuresOf, type LoadCommand, type Point } from '../test/script.ts';
