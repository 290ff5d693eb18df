/** For tests of this and other rooms, never for the program itself: test scripts, and what runs them against anything that answers. */

export { type ApiData, type Reply, runScript, type Target } from '../test/run-script.ts';
export { featuresOf, type LoadCommand, type Point } from '../test/script.ts';
export { type LogData, type LogReply, type LogStream, type LogTarget, runLogScript } from '../test/logql/run-script.ts';
export { type LogEvalCommand, type PushCommand, type ScriptEntry } from '../test/logql/script.ts';
export { type PlainAttributes, plainSpan, type PlainSpan, type PlainValue } from '../test/traces/plain-span.ts';
export { type RepliedSeries, runTraceScript, type TraceReply, type TraceTarget } from '../test/traces/run-script.ts';
export { type TraceEvalCommand } from '../test/traces/script.ts';
