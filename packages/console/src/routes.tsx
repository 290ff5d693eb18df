/** The routes: one per view, each loaded when it is first opened; what the URL holds is read here. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams } from '@tanstack/react-router';

import {
  logsSearch,
  metricsSearch,
  parseSearch,
  serviceSearch,
  servicesSearch,
  sharedSearch,
  statusSearch,
  stringifySearch,
  targetsSearch,
} from './data/search.ts';
import { compareSearch, tracesSearch, traceViewSearch } from './data/traces/url.ts';
import { Crashed } from './frame/crashed.tsx';
import { Frame } from './frame/frame.tsx';
import { NotFound } from './frame/not-found.tsx';

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
  validateSearch: sharedSearch,
  search: { middlewares: [retainSearchParams(['from', 'to', 'refresh'])] },
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./views/home/home.tsx'), 'Home'),
});
// Not /metrics: that is where scrapers read this program's own metrics.
const metrics = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  validateSearch: metricsSearch,
  component: lazyRouteComponent(() => import('./views/metrics/metrics.tsx'), 'Metrics'),
});
const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  validateSearch: logsSearch,
  component: lazyRouteComponent(() => import('./views/logs/logs.tsx'), 'LogsView'),
});
const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  validateSearch: servicesSearch,
  component: lazyRouteComponent(() => import('./views/services/services.tsx'), 'ServicesView'),
});
const service = createRoute({
  getParentRoute: () => root,
  path: '/services/$name',
  validateSearch: serviceSearch,
  component: lazyRouteComponent(() => import('./views/services/service/service.tsx'), 'ServiceView'),
});
const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  validateSearch: tracesSearch,
  component: lazyRouteComponent(() => import('./views/traces/traces.tsx'), 'TracesView'),
});
const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  validateSearch: traceViewSearch,
  component: lazyRouteComponent(() => import('./views/traces/trace/trace.tsx'), 'TraceView'),
});
const compare = createRoute({
  getParentRoute: () => root,
  path: '/traces/compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import('./views/traces/compare/compare.tsx'), 'CompareView'),
});
const targets = createRoute({
  getParentRoute: () => root,
  path: '/targets',
  validateSearch: targetsSearch,
  component: lazyRouteComponent(() => import('./views/targets/targets.tsx'), 'Targets'),
});
const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  validateSearch: statusSearch,
  component: lazyRouteComponent(() => import('./views/status/status.tsx'), 'StatusView'),
});

/** The console's router. */
export const router = createRouter({
  routeTree: root.addChildren([home, metrics, logs, traces, trace, compare, services, service, targets, status]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
