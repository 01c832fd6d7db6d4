import { context, createContextKey, propagation, ProxyTracerProvider, ROOT_CONTEXT, trace, type TracerProvider } from '@opentelemetry/api';
import type { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** What the API gives where nothing is registered. */
const NOOP_PROVIDER: TracerProvider = new ProxyTracerProvider().getDelegate();
const BRAND = Symbol.for('sightline.tracerProvider');
const STATE = Symbol.for('sightline.v1.tracing');

/** What Sightline has registered in this process, whichever copies of it did. */
interface GlobalState {
  /** Providers of ours, registered or not, that need the context manager and the propagator. */
  users: number;
  ownsContextManager: boolean;
  ownsPropagator: boolean;
}

/**
 * The provider that is registered with `@opentelemetry/api`, by the app or by us.
 * On the hot path: the API hands out a proxy, which knows the real one from the moment it is registered.
 */
export function registeredProvider(): TracerProvider | undefined {
  const global = trace.getTracerProvider() as Partial<ProxyTracerProvider> & TracerProvider;
  const provider = global.getDelegate === undefined ? global : global.getDelegate();
  return provider === NOOP_PROVIDER ? undefined : provider;
}

/** Whether a provider was made by Sightline, whichever copy of it. */
export function isOurProvider(provider: TracerProvider): boolean {
  return BRAND in provider;
}

/**
 * Registers our provider, unless there is one; and the context manager and the propagators, unless
 * the app has its own.
 *
 * @returns what takes back what was registered; the context manager and the propagators stay until
 *   the last provider of ours is gone
 */
export function register(provider: NodeTracerProvider): () => void {
  Object.defineProperty(provider, BRAND, { value: true });
  const state = globalState();
  state.users++;
  if (registeredProvider() === undefined) {
    const hadContextManager = hasContextManager();
    const hadPropagator = hasPropagator();
    // `null` keeps the present one; trying to replace it would be logged as an error.
    provider.register({ ...(hadContextManager && { contextManager: null }), ...(hadPropagator && { propagator: null }) });
    if (!hadContextManager) state.ownsContextManager = true;
    if (!hadPropagator) state.ownsPropagator = true;
  }
  return () => {
    if (registeredProvider() === provider) trace.disable();
    if (--state.users > 0) return;
    if (state.ownsContextManager) context.disable();
    if (state.ownsPropagator) propagation.disable();
    state.ownsContextManager = false;
    state.ownsPropagator = false;
  };
}

function globalState(): GlobalState {
  const holder = globalThis as { [STATE]?: GlobalState };
  return (holder[STATE] ??= { users: 0, ownsContextManager: false, ownsPropagator: false });
}

/** The API doesn't say whether one is registered; without one a context set is not seen again. */
function hasContextManager(): boolean {
  const key = createContextKey('sightline');
  return context.with(ROOT_CONTEXT.setValue(key, true), () => context.active().getValue(key) === true);
}

function hasPropagator(): boolean {
  return propagation.fields().length > 0;
}
