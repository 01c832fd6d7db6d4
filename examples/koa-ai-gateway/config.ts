import type { AiBudget } from 'sightline';

/** What the gateway is set up with. */
export interface Config {
  /** `PORT`, on 127.0.0.1; 0 picks a free one. Default: 3000. */
  readonly port: number;
  /** `TENANTS`: the API keys that are let in, each with its tenant. Default: `key-of-acme=acme,key-of-globex=globex`. */
  readonly tenantsByKey: ReadonlyMap<string, string>;
  /**
   * `MODELS`: those that tenants may use. Default: `gpt-4o,gpt-4o-mini`. Name none without a price: what a call of it
   * costs is not known, so no budget would ever stop it.
   */
  readonly models: readonly string[];
  /** `TENANT_BUDGET`: US dollars that a tenant may spend. Default: 1. */
  readonly tenantBudget: number;
  /** `BUDGET_WINDOW`: in what time, as `hour`, `day` (by UTC), `week`, `month` or a duration such as `12h`. Default: `day`. */
  readonly budgetWindow: AiBudget['window'];
  /** `UPSTREAM_TIMEOUT_MS`: how long the upstream may take to begin an answer. Default: 30000. */
  readonly timeoutMs: number;
  /** `METRICS_TOKEN`: what a Prometheus must show. Default: everyone may scrape, and see what tenants spend. */
  readonly metricsToken: string | undefined;
  /** `REDIS_URL`: where several gateways keep the budgets they share. Default: in this process. */
  readonly redisUrl: string | undefined;
}

/** @throws Error naming the variable that can't be used */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    port: numberIn(env, 'PORT', 3000),
    tenantsByKey: new Map(listIn(env, 'TENANTS', 'key-of-acme=acme,key-of-globex=globex').map(pair)),
    models: listIn(env, 'MODELS', 'gpt-4o,gpt-4o-mini'),
    tenantBudget: numberIn(env, 'TENANT_BUDGET', 1),
    // The monitor checks it, and says what it takes.
    budgetWindow: env['BUDGET_WINDOW'] || 'day',
    timeoutMs: numberIn(env, 'UPSTREAM_TIMEOUT_MS', 30_000),
    metricsToken: env['METRICS_TOKEN'] || undefined,
    redisUrl: env['REDIS_URL'] || undefined,
  };
}

function numberIn(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(env[name] || otherwise);
  if (value >= 0) return value;
  throw new Error(`${name} must be a number of at least 0, not '${env[name]}'`);
}

function listIn(env: NodeJS.ProcessEnv, name: string, otherwise: string): string[] {
  return (env[name] || otherwise).split(',').map(each => each.trim());
}

function pair(text: string): [key: string, tenant: string] {
  const [, key, tenant] = /^(\S+)=([\w-]+)$/.exec(text) ?? [];
  // The text may hold a key, so it isn't shown.
  if (key === undefined || tenant === undefined) throw new Error('TENANTS must be a list of key=tenant, parted by commas');
  return [key, tenant];
}
