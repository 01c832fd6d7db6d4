import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { RedisServer } from './redis-server.js';

const SLOTS = 16_384;
/** Its nodes find each other by a clock of their own: they can only be asked again. */
const ASK_EVERY_MS = 20;

/** A Redis Cluster of masters on this machine, without replicas. */
export class RedisCluster implements AsyncDisposable {
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  /** Resolves when all nodes know of all slots. @param program path of redis-server, by `findServer('redis-server')` */
  static async start(program: string, nodeCount = 3): Promise<RedisCluster> {
    const busPorts = await Promise.all(Array.from({ length: nodeCount }, freePort));
    const nodes = await Promise.all(
      busPorts.map(port => RedisServer.start(program, { settings: { 'cluster-enabled': 'yes', 'cluster-port': String(port) } })),
    );
    const clients = nodes.map(({ url }) => new Redis(url));
    try {
      await Promise.all(
        clients.map(async (client, i) => {
          const [first, next] = [i, i + 1].map(n => Math.floor((SLOTS * n) / nodeCount)) as [number, number];
          await client.call('CLUSTER', 'ADDSLOTSRANGE', first, next - 1);
          await client.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]?.port ?? 0, busPorts[0] ?? 0);
        }),
      );
      for (const client of clients) {
        const isReady = async (): Promise<boolean> => {
          const info = String(await client.call('CLUSTER', 'INFO'));
          return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodeCount}`);
        };
        while (!(await isReady())) await pause(ASK_EVERY_MS);
      }
      return new RedisCluster(nodes);
    } finally {
      for (const client of clients) client.disconnect();
    }
  }

  /** Where to begin with a client: it finds the other nodes. */
  get addresses(): { host: string; port: number }[] {
    return this.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(node => node.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
