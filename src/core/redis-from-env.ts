import { variable, type Environment } from './environment.js';
import { InvalidOptionError, NOT_SHOWN } from './errors.js';
import { isRedisUrl, type RedisSetting } from './redis.js';

/**
 * Where the environment says that Redis is: `REDIS_URL`, else `REDIS_HOST` with `REDIS_PORT`, `REDIS_DB` and
 * `REDIS_PASSWORD`.
 *
 * @returns `undefined` where neither is set: the others alone don't ask for Redis. Kubernetes sets `REDIS_PORT` in every
 *   pod beside a service of that name
 * @throws InvalidOptionError naming the variable; it shows no password
 */
export function redisFromEnv(env: Environment): RedisSetting | undefined {
  const url = variable(env, 'REDIS_URL');
  if (url !== undefined) {
    if (isRedisUrl(url)) return url;
    throw new InvalidOptionError('REDIS_URL', NOT_SHOWN, 'this is no URL of Redis (it is not shown: a password may be in it); expected one such as "redis://:password@host:6379/0", its password percent-encoded');
  }
  const host = variable(env, 'REDIS_HOST');
  if (host === undefined) return undefined;
  if (/[\s/@]|:\/\//.test(host)) throw new InvalidOptionError('REDIS_HOST', NOT_SHOWN, 'expected a host name or an address alone, such as "redis.internal"; for a URL set REDIS_URL');
  const port = wholeNumber(env, 'REDIS_PORT', 1, 65_535);
  const db = wholeNumber(env, 'REDIS_DB', 0, Number.MAX_SAFE_INTEGER);
  const password = variable(env, 'REDIS_PASSWORD');
  return { host, ...(port !== undefined && { port }), ...(db !== undefined && { db }), ...(password !== undefined && { password }) };
}

function wholeNumber(env: Environment, name: string, from: number, to: number): number | undefined {
  const text = variable(env, name);
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= from && number <= to) return number;
  const range = to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`;
  const hint = text.startsWith('tcp://') ? ': Kubernetes sets such a URL for a service named `redis`; set the variable yourself' : '';
  throw new InvalidOptionError(name, text, `a whole number ${range}${hint}`);
}
