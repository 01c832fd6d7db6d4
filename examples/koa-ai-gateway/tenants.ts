import { createHash } from 'node:crypto';
import type { Middleware } from 'koa';
import { GatewayError } from './gateway-error.js';

/** Who may use the gateway, by API key. */
export class Tenants {
  /** By the hash of the key: how long a look-up takes says nothing of a key then. */
  readonly #byHash: ReadonlyMap<string, string>;

  constructor(byKey: ReadonlyMap<string, string>) {
    this.#byHash = new Map([...byKey].map(([key, tenant]) => [hash(key), tenant]));
  }

  /** Lets tenants through, and notes in `ctx.state.tenant` who it is. */
  readonly onlyThese: Middleware = async (ctx, next) => {
    const [, key = ''] = /^Bearer (\S+)$/.exec(ctx.get('authorization')) ?? [];
    const tenant = this.#byHash.get(hash(key));
    if (tenant === undefined) throw new GatewayError(401, 'invalid_api_key', 'Send an API key of a tenant as `Authorization: Bearer …`.');
    ctx.state['tenant'] = tenant;
    await next();
  };
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
