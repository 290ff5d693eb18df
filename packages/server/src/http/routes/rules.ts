/**
 * `/api/v1/{rules,alerts,alertmanagers,notifications}`: the parameters are checked as Prometheus checks them; the lists are
 * empty, because nothing here evaluates rules or sends alerts yet.
 */

import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance } from 'fastify';
import { booleanParameter, matcherSets, parametersOf } from '../parameters.ts';

const success = (data: unknown): unknown => ({ status: 'success', data });

function bad(parameter: string, reason: string): never {
  throw new AtalayaError('BAD_PARAMETER', { parameter, reason });
}

/** Registers the routes about rules and alerts. */
export function ruleRoutes(app: FastifyInstance): void {
  app.get('/api/v1/rules', { schema: { tags: ['rules'], summary: 'Rule groups; there are none' } }, async (request) => {
    const parameters = parametersOf(request);
    matcherSets(parameters);
    const type = (parameters.get('type') ?? '').toLowerCase();
    if (!['', 'alert', 'record'].includes(type)) bad('type', `not supported value ${JSON.stringify(type)}`);
    booleanParameter(parameters, 'exclude_alerts', 'error converting exclude_alerts');
    checkPage(parameters.get('group_limit') ?? '', parameters.get('group_next_token') ?? '');
    return success({ groups: [] });
  });

  app.get('/api/v1/alerts', { schema: { tags: ['rules'], summary: 'Active alerts; there are none' } }, async () => success({ alerts: [] }));

  app.get('/api/v1/alertmanagers', { schema: { tags: ['rules'], summary: 'Alertmanagers; there are none' } }, async () =>
    success({ activeAlertmanagers: [], droppedAlertmanagers: [] }),
  );

  app.get('/api/v1/notifications', { schema: { tags: ['status'], summary: 'Notifications for operators; there are none' } }, async () =>
    success([]),
  );

  // Prometheus answers so when it takes no further subscriber; here there is nothing to subscribe to.
  app.get(
    '/api/v1/notifications/live',
    { schema: { tags: ['status'], summary: 'Notifications as they come; 204, there are none' } },
    async (_request, reply) => reply.code(204).send(),
  );
}

/** Pages of groups: no token can be right, since no page ever had a next one. */
function checkPage(limit: string, token: string): void {
  if (limit === '') {
    if (token !== '') bad('group_next_token', 'group_limit needs to be present in order to paginate over the groups');
    return;
  }
  if (!/^[+-]?\d{1,10}$/.test(limit) || Math.abs(Number(limit)) > 0x7fff_ffff)
    bad('group_limit', `group_limit needs to be a valid number: strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  if (Number(limit) <= 0) bad('group_limit', 'group_limit needs to be greater than 0');
  if (token !== '') bad('group_next_token', `invalid group_next_token '${token}'. were rule groups changed?`);
}
