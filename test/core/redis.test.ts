import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';
import { Redis as Redis5, type RedisOptions as RedisOptions5 } from 'ioredis5';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import { Diagnostics } from '../../src/core/diagnostics.js';
import { RedisScript } from '../../src/core/redis-script.js';
import { connectRedis, type RedisClient, type RedisConnection, type RedisSetting } from '../../src/core/redis.js';
import { freePort } from '../support/free-port.js';
import { RedisServer } from '../support/redis-server.js';
import { findServer } from '../support/servers.mjs';

/** The package that stands in for `ioredis`. */
const peer = vi.hoisted(() => ({ name: 'ioredis' }));
vi.mock(import('../../src/core/optional-peer.js'), async original => {
  const { loadOptionalPeer } = await original();
  return { loadOptionalPeer: <T>(name: string, neededFor: string) => loadOptionalPeer<T>(name === 'ioredis' ? peer.name : name, neededFor) };
});

const program = findServer('redis-server');
const PASSWORD = 'correct horse:battery/staple@1%';
const COUNT = new RedisScript("return redis.call('HINCRBY', KEYS[1], 'n', ARGV[1])");

let log: string[];
let open: RedisConnection[];
beforeEach(() => {
  log = [];
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map(connection => connection.close()));
});

function connect(setting: RedisSetting): RedisConnection {
  // A clock by which each fault has a line of its own.
  let minutes = 0;
  const clock = { ...systemClock, monotonic: () => ++minutes * 60_000 };
  const connection = connectRedis(setting, { diagnostics: new Diagnostics({ warn: line => log.push(line) }, clock), neededFor: '`redis`' });
  open.push(connection);
  return connection;
}

/** Asks until a command is answered. */
async function answered<T>(command: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await command();
    } catch {
      await new Promise(setImmediate);
    }
  }
}

test('the clients and options of both releases of ioredis are settings', () => {
  const clients: (client: Redis | Redis5) => RedisClient = client => client;
  const options: (options: RedisOptions | RedisOptions5) => RedisSetting = given => given;

  expect([clients, options]).toHaveLength(2);
});

describe('a setting that is none is refused, without a word of what it holds', () => {
  test.each([
    ['an empty text', ''],
    ['a host without a scheme', 'hunter2@localhost:6379'],
    ['another scheme', 'http://:hunter2@localhost'],
    ['a password that is not encoded', 'redis://:hunter2%zz@localhost:6379'],
    ['a port that is none', 'redis://:hunter2@localhost:port'],
    ['null', null],
    ['a list', ['redis://:hunter2@localhost']],
    ['a number', 6379],
    ['a client of another package', { connect() {}, evalSha() {}, hGet() {}, options: { password: 'hunter2' } }],
  ])('%s', (_, setting) => {
    let error: unknown;
    try {
      connect(setting as RedisSetting);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ name: 'InvalidOptionError', option: 'redis', message: expect.stringContaining('redis://:password@host:6379/0') });
    expect(String(error)).not.toContain('hunter2');
  });
});

test('a client is known by what it can do, is used as it is, and stays open', async () => {
  const client = { evalsha: vi.fn(), eval: vi.fn(), hget: vi.fn(async () => '1'), on: vi.fn(), quit: vi.fn(), disconnect: vi.fn() };
  const connection = connect(client);
  await connection.opened;
  await connection.close();

  expect(connection.client).toBe(client);
  for (const method of [client.on, client.quit, client.disconnect]) expect(method).not.toHaveBeenCalled();
});

test('without ioredis the error says what to install, and for what', () => {
  peer.name = '@sightline-test/no-such-package';
  try {
    expect(() => connect('redis://localhost')).toThrow(/is needed for `redis` and is not installed\. Run: npm install/);
  } finally {
    peer.name = 'ioredis';
  }
});

describe.skipIf(program === undefined).each(['ioredis', 'ioredis5'])('with %s on a server', { timeout: 30_000 }, name => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start(program as string, { password: PASSWORD });
  });
  beforeEach(() => {
    peer.name = name;
  });
  afterEach(() => {
    peer.name = 'ioredis';
  });
  afterAll(() => server.stop());

  const options = (): Record<string, unknown> => ({ host: '127.0.0.1', port: server.port, password: PASSWORD });

  test('a URL and an object connect, with their options', async () => {
    const byUrl = connect(`${server.url}/2`);
    const byOptions = connect({ ...options(), db: 2, keyPrefix: 'app:' });
    await Promise.all([byUrl.opened, byOptions.opened]);

    expect(await COUNT.run(byOptions.client, ['connect'], 5)).toBe(5);
    expect(await byUrl.client.hget('app:connect', 'n')).toBe('5');
    expect(log).toEqual([]);
  });

  test('a script runs also where the server does not know it', async () => {
    const client = new Redis(server.url);
    open.push({ client, opened: Promise.resolve(), close: async () => client.disconnect() });
    for (const total of [2, 4, 6]) {
      await client.script('FLUSH');
      expect(await COUNT.run(client, [`script-${name}`], 1)).toBe(total - 1);
      expect(await COUNT.run(client, [`script-${name}`], 1)).toBe(total);
    }
    await expect(new RedisScript('return nonsense(').run(client, [])).rejects.toThrow(/Error compiling script/);
  });

  test('a password that is refused is reported, and not shown', async () => {
    const wrong = 'xXwrong horseXx';
    const byUrl = connect(`redis://:${encodeURIComponent(wrong)}@127.0.0.1:${server.port}`);
    const byOptions = connect({ ...options(), password: wrong });
    await Promise.all([byUrl.opened, byOptions.opened]);

    await expect(byUrl.client.hget('a', 'b')).rejects.toThrow();
    await vi.waitFor(() => {
      expect(log.filter(line => line.includes('WRONGPASS')).length).toBeGreaterThan(1);
    });
    expect(log.join('\n')).not.toMatch(/wrong horse/);
  });

  test('a server that is not there is reported, and commands fail at once', async () => {
    const { client, opened } = connect({ host: '127.0.0.1', port: await freePort(), password: PASSWORD });
    await opened;

    await expect(client.hget('a', 'b')).rejects.toThrow();
    await vi.waitFor(() => {
      expect(log[0]).toMatch(/^\[sightline\] redis: the connection failed; it is tried again: Error: connect ECONNREFUSED/);
    });
  });

  test('a host that refuses on all its addresses is reported with a reason', async () => {
    const { client } = connect(server.url);
    const error = new AggregateError([new Error('connect ECONNREFUSED ::1:6379'), new Error('connect ECONNREFUSED 127.0.0.1:6379')]);
    (client as Redis).emit('error', error);

    expect(log).toEqual([expect.stringMatching(/Error: connect ECONNREFUSED ::1:6379$/)]);
  });

  test('a password that a server quotes in its error is not shown', async () => {
    // As servers before Redis 6, and proxies, do with a command that they don't know.
    const quoting = createServer(socket => {
      socket.on('data', sent => {
        for (const command of sent.toString().split(/(?=\*\d+\r\n)/)) {
          socket.write(`-ERR unknown command, with args beginning with: ${command.replace(/\r\n/g, ' ')}\r\n`);
        }
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(quoting, 'listening');
    const { port } = quoting.address() as AddressInfo;
    const settings = [
      `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
      { host: '127.0.0.1', port, password: PASSWORD, sentinelPassword: 'quoted' },
    ];
    for (const { opened } of settings.map(connect)) await opened;
    quoting.close();

    expect(log.join('\n')).toMatch(/with args beginning with: .*\[redacted\]/);
    expect(log.join('\n')).not.toContain('battery');
  });

  test('commands are given up after seconds, and never wait for a connection, unless options say otherwise', () => {
    const effective = (setting: RedisSetting): unknown => (connect(setting).client as Redis).options;
    const ours = { commandTimeout: 5_000, socketTimeout: 10_000, connectTimeout: 5_000, enableOfflineQueue: false, maxRetriesPerRequest: 0 };

    expect(effective(server.url)).toMatchObject(ours);
    expect(effective(options())).toMatchObject(ours);
    expect(effective({ ...options(), commandTimeout: 1, enableOfflineQueue: true })).toMatchObject({ ...ours, commandTimeout: 1 });
  });

  test('attempts to connect go on for ever, seconds apart', () => {
    const { retryStrategy } = (connect(server.url).client as Redis).options;
    const pauses = [1, 2, 3, 10, 10_000].map(attempt => retryStrategy?.(attempt) as number);

    for (const [i, most] of [100, 200, 400, 5_000, 5_000].entries()) {
      expect(pauses[i]).toBeLessThanOrEqual(most);
      expect(pauses[i]).toBeGreaterThanOrEqual(most * 0.9);
    }
  });

  test('a server that has become a replica is left for the one that its name stands for', () => {
    const { reconnectOnError } = (connect(server.url).client as Redis).options;

    expect(reconnectOnError?.(new Error("READONLY You can't write against a read only replica."))).toBe(true);
    expect(reconnectOnError?.(new Error('WRONGTYPE'))).toBe(false);
  });

  test('a connection that is lost is mended', async () => {
    const { client, opened } = connect(server.url);
    await opened;
    await COUNT.run(client, [`mended-${name}`], 1);
    await server.kill();
    await expect(client.hget(`mended-${name}`, 'n')).rejects.toThrow();
    await server.restart();

    expect(await answered(() => client.hget(`mended-${name}`, 'n'))).toBe('1');
  });

  test('a command under which the connection is lost fails, and is not sent again', async () => {
    const { client, opened } = connect({ ...options(), commandTimeout: 60_000 });
    await opened;
    await COUNT.run(client, [`once-${name}`], 1);
    server.pause();
    const lost = Promise.all([1, 2, 3].map(() => expect(COUNT.run(client, [`once-${name}`], 10)).rejects.toThrow()));
    await server.kill();
    await server.restart();
    await lost;

    expect(await answered(() => COUNT.run(client, [`once-${name}`], 1))).toBe(2);
  });

  test('a server that has gone without a word: commands fail after a while, and the connection is opened anew', async () => {
    const { client, opened } = connect({ ...options(), commandTimeout: 50, socketTimeout: 200, connectTimeout: 200 });
    await opened;
    server.pause();
    try {
      await expect(client.hget('a', 'b')).rejects.toThrow('Command timed out');
      await vi.waitFor(
        () => {
          expect(log[0]).toMatch(/Socket timeout/);
        },
        { timeout: 5_000 },
      );
    } finally {
      server.resume();
    }

    expect(await answered(() => client.hget('a', 'b'))).toBe(null);
  });

  test('options that would let commands wait are not taken over', async () => {
    const { client, opened } = connect({ host: '127.0.0.1', port: await freePort(), maxRetriesPerRequest: null, enableOfflineQueue: true });
    await opened;

    await expect(client.hget('a', 'b')).rejects.toThrow('enableOfflineQueue options is false');
  });

  test('close waits for replies, then disconnects; it can be called again', async () => {
    const connection = connect(server.url);
    await connection.opened;
    let total: unknown;
    void COUNT.run(connection.client, [`close-${name}`], 4).then(answer => (total = answer));
    await connection.client.hget('a', 'b');
    void connection.client.eval('for i = 1, 1000000 do end', 0);
    const adding = COUNT.run(connection.client, [`close-${name}`], 4).then(answer => (total = answer));
    await connection.close();
    await connection.close();

    expect(total).toBe(8);
    await adding;
    await expect(connection.client.hget('a', 'b')).rejects.toThrow();
    expect(log).toEqual([]);
  });

  test('close ends the attempts to connect', async () => {
    const connection = connect({ host: '127.0.0.1', port: await freePort() });
    await connection.opened;
    await connection.close();
    const { reconnectTimeout } = connection.client as unknown as { reconnectTimeout: unknown };

    expect(reconnectTimeout).toBe(null);
  });

  test('a client of the app keeps its settings and its connection', async () => {
    const client = name === 'ioredis' ? new Redis(options()) : new Redis5(options());
    try {
      const connection = connect(client);
      await COUNT.run(connection.client, [`given-${name}`], 1);
      await connection.close();

      expect(await client.hget(`given-${name}`, 'n')).toBe('1');
      expect(client.listenerCount('error')).toBe(0);
    } finally {
      client.disconnect();
    }
  });
});
