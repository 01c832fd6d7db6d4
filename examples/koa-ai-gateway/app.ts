import Router from '@koa/router';
import Koa from 'koa';
import type OpenAI from 'openai';
import type { Monitor } from 'sightline';
import { monitorRequests, serveMetrics } from 'sightline/koa';
import { answerErrors } from './answer-errors.js';
import { chatCompletions } from './chat-completions.js';
import type { Config } from './config.js';
import { Tenants } from './tenants.js';

/** What the gateway works with. */
export interface GatewayParts {
  readonly monitor: Monitor;
  /** Measured by the monitor. */
  readonly openai: OpenAI;
  readonly config: Config;
}

/** The gateway as a Koa app. */
export function createGateway({ monitor, openai, config }: GatewayParts): Koa {
  const app = new Koa();
  const router = new Router();
  const tenants = new Tenants(config.tenantsByKey);

  app.use(monitorRequests({ monitor }));
  app.use(answerErrors);
  router.get('/metrics', serveMetrics({ monitor, ...(config.metricsToken && { bearerToken: config.metricsToken }) }));
  router.post('/v1/chat/completions', tenants.onlyThese, chatCompletions(openai, config.models));
  app.use(router.routes()).use(router.allowedMethods());

  app.on('error', (error: NodeJS.ErrnoException) => {
    // Clients leave whenever they like.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') console.error(error);
  });
  return app;
}
