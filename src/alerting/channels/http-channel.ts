import type { FetchLike } from '../../core/json-http.js';

/** Settings that all channels which speak HTTP share. */
export interface HttpChannelOptions {
  /** In place of the global `fetch`: for a proxy, or for tests. */
  readonly fetch?: FetchLike;
}
