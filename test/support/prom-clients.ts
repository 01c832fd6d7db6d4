import * as platformatic from '@platformatic/prom-client';
import * as prometheusIo from '@prometheus-io/client';
import * as promClient from 'prom-client';

export type PromClient = typeof promClient;

/**
 * The clients whose registries Sightline works with. All three have one interface; prom-client's types stand
 * for it. (`@prometheus-io/client` asks for Node 22, and what is used of it here also works on Node 20.)
 */
export const promClients: readonly (readonly [name: string, client: PromClient])[] = [
  ['prom-client', promClient],
  ['@platformatic/prom-client', platformatic as unknown as PromClient],
  ['@prometheus-io/client', prometheusIo as unknown as PromClient],
];
