/** `/loki/api/v1/{query,query_range,patterns,detected_field…,index/volume…}`: what is answered from lines, by the query workers. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LogTask } from '../../../engine/query-task.ts';
import { QueryAnswers } from '../../answer-query.ts';
import {
  logFieldsTask,
  logInstantTask,
  logPatternsTask,
  logRangeTask,
  type LogTaskSource,
  logVolumeTask,
  wantsCategories,
} from '../../loki/log-tasks.ts';
import { parametersOf } from '../../parameters.ts';
import type { Parts } from '../../parts.ts';

/** Registers the routes, GET and POST alike. */
export function lokiQueryRoutes(app: FastifyInstance, parts: Parts): void {
  const { clock, settings } = parts;
  const answers = new QueryAnswers(parts);

  const route = (url: string, summary: string, taskOf: (source: LogTaskSource, request: FastifyRequest) => LogTask): void => {
    app.route({
      method: ['GET', 'POST'],
      url,
      schema: { tags: ['logs'], summary },
      handler: async (request, reply): Promise<FastifyReply> =>
        answers.answer(taskOf({ parameters: parametersOf(request), settings, now: clock.now() }, request), reply),
    });
  };
  route('/loki/api/v1/query', 'Evaluates a LogQL expression at one instant', (source, request) =>
    logInstantTask(source, wantsCategories(request)),
  );
  route('/loki/api/v1/query_range', 'Finds lines, or evaluates a LogQL expression over a range of time', (source, request) =>
    logRangeTask(source, wantsCategories(request)),
  );
  route('/loki/api/v1/patterns', 'Tells the messages that lines are made from, with counts over time', (source) => logPatternsTask(source));
  route('/loki/api/v1/detected_fields', 'Tells the fields that lines have, their types and how many values they have', (source) =>
    logFieldsTask(source, undefined),
  );
  route('/loki/api/v1/detected_field/:name/values', 'Lists the values of a field that lines have', (source, request) =>
    logFieldsTask(source, (request.params as { name: string }).name),
  );
  route('/loki/api/v1/index/volume', 'Bytes of lines by labels', (source) => logVolumeTask(source, false));
  route('/loki/api/v1/index/volume_range', 'Bytes of lines by labels over time', (source) => logVolumeTask(source, true));
}
