/** Room `server`: the running program. Others (tests, benchmarks) start it through this door. */

export { type App, type AppOptions, startApp } from './app.ts';
export { type LoadedSettings, loadSettings } from './settings/load.ts';
