import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ROOT_CONTEXT, type Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { Sdk } from './sdk.js';

type Resource = ReadableSpan['resource'];

/**
 * What every span says of the service: its name and instance, its host and process, the SDK, and
 * what the options and the environment add. Those win, but for the service's name, which they only
 * give where the monitor has none.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/resource/
 */
export function createResource(sdk: Sdk, service: string, added: Readonly<Attributes>): Resource {
  const attributes: Attributes = {
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
    'telemetry.distro.name': 'sightline',
    ...added,
    'service.name': service,
  };
  const ours = { attributes, getRawAttributes: () => Object.entries(attributes) };
  return defaultResource(sdk).merge(ours as unknown as Resource);
}

/**
 * The SDK's own resource (`telemetry.sdk.*`). What makes resources is in a dependency of a dependency,
 * which not every package manager lets us load; but each span carries the one of its provider.
 */
function defaultResource({ NodeTracerProvider, AlwaysOnSampler }: Sdk): Resource {
  const span = new NodeTracerProvider({ sampler: new AlwaysOnSampler() }).getTracer('sightline').startSpan('', {}, ROOT_CONTEXT);
  return (span as unknown as ReadableSpan).resource;
}
