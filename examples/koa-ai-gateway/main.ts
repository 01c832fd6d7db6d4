// A gateway to OpenAI, or to any API like it, for several tenants. From the repository's folder:
//
//   npm run example:gateway
//
// config.ts says which environment variables it takes.
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { createMonitor } from 'sightline';
import { openAiOrStandIn } from '../stand-ins/openai-or-stand-in.js';
import { createGateway } from './app.js';
import { readConfig } from './config.js';

const config = readConfig(process.env);

const monitor = createMonitor({
  service: 'ai-gateway',
  ...(config.redisUrl && { redis: config.redisUrl }),
  ai: {
    // A budget for each tenant; who has spent it is refused until the next one begins.
    budgets: [{ name: 'tenant', tenant: '*', limit: config.tenantBudget, window: config.budgetWindow, onExceeded: 'reject' }],
    onBudget: ({ tenant, threshold, spent, limit }) => {
      console.log(`Tenant ${tenant} has spent ${Math.round(threshold * 100)} % of its budget: ${spent.toFixed(4)} of ${limit} USD.`);
    },
  },
});

// An app of your own needs no stand-in: `new OpenAI()` reads the same environment variables.
const { baseURL, apiKey, standIn } = await openAiOrStandIn();
// Clients try again by themselves, so the gateway need not.
const openai = monitor.instrumentAiClient(new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: config.timeoutMs }));

const server = createGateway({ monitor, openai, config }).listen(config.port, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}/v1 passes on to ${standIn ? 'a stand-in for OpenAI' : baseURL}; measured at http://127.0.0.1:${port}/metrics`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    void standIn?.close();
    void monitor.close();
  });
}
