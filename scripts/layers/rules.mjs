/** The rules of the architecture as data: which room may import which, who owns a library, what is kept out of where. */

/**
 * The rooms in order, and the rooms that each may import. A room imports only rooms before it, so there are no cycles.
 * A room's package.json may declare less, never more. Rooms that are not built yet have their place already.
 * @type {Record<string, readonly string[]>}
 */
export const ROOMS = {
  model: [],
  lang: ['model'],
  journal: ['model'],
  receive: ['model', 'lang', 'journal'],
  store: ['model', 'journal'],
  query: ['model', 'lang'],
  watch: ['model', 'lang', 'query'],
  notify: ['model', 'lang'],
  respond: ['model', 'lang', 'query', 'notify'],
  identity: ['model'],
  console: ['model', 'lang'],
  sdk: [],
  server: ['model', 'lang', 'journal', 'receive', 'store', 'query', 'watch', 'notify', 'respond', 'identity', 'sdk'],
};

/** Rooms that run in the browser as well, or have no business with the system: no `node:` built-ins, no Node types. */
export const PURE_ROOMS = ['model', 'lang', 'query'];

/** Rooms whose sources run in the browser only. */
export const BROWSER_ROOMS = ['console'];

/**
 * Libraries that only some rooms may use (tests included): a pattern for the package name, and the rooms.
 * @type {readonly { library: RegExp, rooms: readonly string[] }[]}
 */
export const OWNERS = [
  { library: /^(zod|re2js)$/, rooms: ['model'] },
  { library: /^@lezer\/|lezer-(promql|logql)$/, rooms: ['lang', 'console'] },
  { library: /^(snappy|protobufjs|@grpc\/.*|@bufbuild\/.*)$/, rooms: ['receive'] },
  { library: /^(ioredis|redis)$/, rooms: ['journal'] },
  { library: /^(chdb|@clickhouse\/.*)$/, rooms: ['store'] },
  { library: /^nodemailer$/, rooms: ['notify'] },
  { library: /^better-auth$/, rooms: ['identity'] },
  { library: /^(fastify|fastify-.*|@fastify\/.*|pino|pino-.*|commander)$/, rooms: ['server'] },
  { library: /^(prom-client|cockatiel)$/, rooms: ['server', 'sdk'] },
  { library: /^(react|react-.*|@mantine\/.*|@tanstack\/.*|@codemirror\/.*|uplot|i18next)$/, rooms: ['console'] },
];

/** Folder names that say nothing about what is inside. */
export const BANNED_FOLDERS = ['utils', 'util', 'common', 'helpers', 'misc', 'shared', 'lib'];

/** The one file that may touch the machine's clock and timers; tests, benchmarks, tools and the console may as well. */
export const CLOCK_FILE = 'packages/model/src/clock.ts';

/** Where the console talks to the server; nothing there knows React. */
export const CONSOLE_DATA = 'packages/console/src/data/';

/** What counts as React in {@link CONSOLE_DATA}. */
export const REACT = /^(react|react-.*|@mantine\/.*|@tanstack\/react-.*|@tabler\/icons-react)$/;

/** A room's second door, for tests of other rooms: `"./testing"` in the `exports` of its package.json. */
export const TESTING_DOOR = 'testing';
