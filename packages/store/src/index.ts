/** Room `store`: what was acknowledged becomes tables, and questions become the bytes of an answer. */

export { type EmbeddedOptions, openEmbeddedEngine } from './engine/embedded.ts';
export type { Engine, QueryAnswer, QueryLimits, QueryOptions } from './engine/engine.ts';
export { openServerEngine, type ServerOptions } from './engine/server.ts';
