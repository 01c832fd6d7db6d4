import type * as sdk from '@opentelemetry/sdk-trace-node';
import { loadOptionalPeer } from '../core/optional-peer.js';

/** OpenTelemetry's SDK, of which Sightline only knows the types before it is needed. */
export type Sdk = typeof sdk;

/**
 * Loads the SDK.
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` where it isn't installed
 */
export function loadSdk(): Sdk {
  return loadOptionalPeer<Sdk>('@opentelemetry/sdk-trace-node', 'the option `tracing`');
}
