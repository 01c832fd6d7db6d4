import { redact } from '../../core/redact.js';
import type { Delivery } from './channel.js';
import { unlessAborted } from './unless-aborted.js';

const FORM = "nothing, { delivered: true, warning?: string } or { delivered: false, retryable: boolean, reason: string }";

/**
 * What a user's function returned, as a delivery. Nothing counts as delivered: it has ended without an error, as a
 * function does that only awaits a request. Anything else that is no delivery is a mistake in the function: told
 * clearly, and not tried again, because it may well have sent.
 */
function returnedDelivery(value: unknown, name: string): Delivery {
  if (value === undefined) return { delivered: true };
  const given = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<string, unknown>>;
  const { delivered, warning, retryable, reason, retryAfterMs, misconfigured } = given;
  if (delivered === true) return { delivered, ...(typeof warning === 'string' && warning !== '' && { warning: redact(warning) }) };
  if (delivered !== false || typeof retryable !== 'boolean' || typeof reason !== 'string') {
    return { delivered: false, retryable: false, misconfigured: true, reason: `${name} returned ${shapeOf(value)}; it must return ${FORM}` };
  }
  const hasWait = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0;
  return {
    delivered,
    retryable,
    reason: redact(reason),
    ...(hasWait && { retryAfterMs }),
    ...(misconfigured === true && { misconfigured }),
  };
}

/**
 * Calls a user's function, and waits no longer than the attempt may take. What it throws may be tried again.
 *
 * @param name of the function, for what is said of it: `send`
 */
export async function callForDelivery(call: () => unknown, name: string, signal: AbortSignal): Promise<Delivery> {
  return unlessAborted(name, signal, async () => {
    try {
      return returnedDelivery(await call(), name);
    } catch (error) {
      return { delivered: false, retryable: true, reason: `${name} threw ${redact(messageOf(error))}` };
    }
  });
}

/** Names the shape and no value: it may hold anything. */
function shapeOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an object without fields' : `an object with ${redact(keys.slice(0, 8).join(', '), 100)}`;
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
