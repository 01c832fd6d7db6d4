// A process of its own for redis-process.test.ts: adds to a hash as often as it is told, and has nothing else to do.
import { systemClock } from '../../../src/core/clock.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { connectRedis } from '../../../src/core/redis.js';

export interface Plan {
  readonly url: string;
  readonly commands: number;
  readonly close: boolean;
}

const { url, commands, close } = JSON.parse(process.argv[2] ?? '') as Plan;
const { client, opened, close: disconnect } = connectRedis(url, { diagnostics: new Diagnostics({ warn() {} }, systemClock), neededFor: '`redis`' });
await opened;
const adding = Array.from({ length: commands }, () => client.eval("return redis.call('HINCRBY', 'process', 'n', 1)", 0).catch(() => {}));
if (close) await disconnect();
void Promise.all(adding).then(() => process.stdout.write('done'));
