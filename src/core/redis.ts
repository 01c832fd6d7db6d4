import type { Diagnostics } from './diagnostics.js';
import { InvalidOptionError, NOT_SHOWN } from './errors.js';
import { loadOptionalPeer } from './optional-peer.js';

/** The commands Sightline uses. Met by the clients of `ioredis` 5 and 6: `Redis`, `Cluster`, with Sentinels or without. */
export interface RedisClient {
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  hget(key: string, field: string): Promise<string | null>;
}

/**
 * Where Redis is: a URL (`redis://:password@host:6379/0`, with TLS `rediss://…`), an object with options of `ioredis`
 * (`{ host, port, password, tls }`, `{ sentinels, name }`, …), or a client of `ioredis`, which is used as it is
 * and stays the app's to close. For Redis Cluster, give a client.
 */
// Not ioredis' own type of its options: who has not installed it could not compile.
export type RedisSetting = string | object | RedisClient;

/** A connection to Redis that mends itself. */
export interface RedisConnection {
  readonly client: RedisClient;
  /** Settles when the first attempt to connect has: until then commands fail. Never rejects. */
  readonly opened: Promise<void>;
  /** Waits for the replies of what was sent, then disconnects. Leaves a client that was given alone. Never rejects. */
  close(): Promise<void>;
}

/** What {@link connectRedis} uses of a client that it made itself. */
interface OwnClient extends RedisClient {
  readonly status: string;
  readonly stream?: { unref?: () => void } | undefined;
  readonly reconnectTimeout?: { unref?: () => void } | null | undefined;
  on(event: string, listener: (argument?: unknown) => void): unknown;
  once(event: string, listener: () => void): unknown;
  quit(): Promise<unknown>;
  disconnect(): void;
}

type RedisClass = new (...settings: readonly unknown[]) => OwnClient;

const COMMANDS = ['evalsha', 'eval', 'hget'] as const satisfies readonly (keyof RedisClient)[];
/** The longest wait between two attempts to connect. */
const LONGEST_PAUSE_MS = 5_000;

/** What a user may set otherwise. */
const DEFAULTS = {
  connectTimeout: 5_000,
  // Replies take milliseconds. A connection that has died without a word fails its commands after this …
  commandTimeout: 5_000,
  // … and is opened anew after this; else all that is sent would pile up behind it.
  socketTimeout: 10_000,
  // For ever; a few at once are spread out.
  retryStrategy: (attempt: number) => Math.min(100 * 2 ** (attempt - 1), LONGEST_PAUSE_MS) * (0.9 + Math.random() / 10),
  // After a failover the old master answers so, until its name points to the new one.
  // Not at the begin of the text: Redis 6 puts that a script has failed before it.
  reconnectOnError: (error: Error) => /\bREADONLY\b/.test(error.message),
} as const;

/**
 * What nobody may set otherwise: a command fails at once while there is no connection, and when the connection
 * is lost under it. Waiting commands would be memory without bound, and ioredis would send a command again of which
 * nobody knows whether it was carried out: who sent it must decide that. (BullMQ wants the opposite of its connections.)
 */
const ALWAYS = { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false, lazyConnect: false } as const;

/**
 * Connects to Redis, in the background and for as long as it takes. What goes wrong is reported to `diagnostics`;
 * commands reject meanwhile. The connection keeps the process alive only while a command waits for its reply.
 *
 * @param neededFor what the user configured, completing "is needed for …"
 * @throws InvalidOptionError `redis` for a setting that is none; it shows no part of it
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` where `ioredis` is not installed
 */
export function connectRedis(setting: RedisSetting, { diagnostics, neededFor }: { diagnostics: Diagnostics; neededFor: string }): RedisConnection {
  if (isClient(setting)) return { client: setting, opened: Promise.resolve(), close: () => Promise.resolve() };
  checkSetting(setting);
  const client = makeClient(setting, neededFor);
  const secrets = secretsOf(setting);
  client.on('error', error => {
    diagnostics.fault('redis', 'the connection failed; it is tried again', withoutSecrets(error, secrets));
  });
  client.on('connect', () => client.stream?.unref?.());
  client.on('reconnecting', () => client.reconnectTimeout?.unref?.());
  const opened = new Promise<void>(resolve => {
    for (const event of ['ready', 'close', 'end']) client.once(event, resolve);
  });
  let closing: Promise<void> | undefined;
  return { client, opened, close: () => (closing ??= disconnect(client)) };
}

/** Whether a setting is a client, by what it can do: it may come from any copy of ioredis. */
function isClient(setting: unknown): setting is RedisClient {
  return hasMethods(setting, COMMANDS);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every(name => typeof (value as Record<string, unknown>)[name] === 'function');
}

function checkSetting(setting: unknown): asserts setting is string | object {
  const isText = typeof setting === 'string';
  if (isText ? isRedisUrl(setting) : typeof setting === 'object' && setting !== null && !Array.isArray(setting) && !hasMethods(setting, ['connect'])) return;
  const allowed = 'a URL such as "redis://:password@host:6379/0" (its password percent-encoded), options of ioredis, or a client of ioredis';
  throw new InvalidOptionError('redis', NOT_SHOWN, `${isText ? 'this text is no URL of Redis' : 'this is no client of ioredis'}; expected ${allowed}`);
}

/** Whether a text is a URL, or the path of a socket, that ioredis connects to. */
export function isRedisUrl(text: string): boolean {
  if (!/^rediss?:\/\//i.test(text)) return text.startsWith('/');
  try {
    passwordIn(text);
    return true;
  } catch {
    return false;
  }
}

function makeClient(setting: string | object, neededFor: string): OwnClient {
  const { Redis } = loadOptionalPeer<{ Redis: RedisClass }>('ioredis', neededFor);
  return typeof setting === 'string' ? new Redis(setting, { ...DEFAULTS, ...ALWAYS }) : new Redis({ ...DEFAULTS, ...setting, ...ALWAYS });
}

function passwordIn(url: string): string {
  return decodeURIComponent(new URL(url).password);
}

function secretsOf(setting: string | object): readonly string[] {
  if (typeof setting === 'string') return setting.startsWith('/') ? [] : [passwordIn(setting)].filter(password => password !== '');
  const { password, sentinelPassword } = setting as Record<string, unknown>;
  return [password, sentinelPassword].filter(secret => typeof secret === 'string').filter(secret => secret !== '');
}

/** An old server quotes the arguments of a command that it does not know, and one of `HELLO`'s is the password. */
function withoutSecrets(error: unknown, secrets: readonly string[]): string {
  // Node tries each address of a name, and the error of all together has no message.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const text = first instanceof Error ? `${first.name}: ${first.message}` : String(first);
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text);
}

async function disconnect(client: OwnClient): Promise<void> {
  // Redis answers in order: its answer to this is the last one. `commandTimeout` bounds the wait.
  if (client.status === 'ready') await client.quit().catch(() => {});
  client.disconnect();
}
