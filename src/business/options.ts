/** Settings of the business metrics. All of them may be left out. */
export interface BusinessOptions {
  /**
   * What the keys in Redis begin with, where the option `redis` of the monitor is set. Processes of one prefix share their
   * collections. Default: `sightline:business:` and the monitor's `service`.
   */
  readonly keyPrefix?: string;
}
