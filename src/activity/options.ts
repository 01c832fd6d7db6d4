/** Settings of the activity of users. All of them may be left out. */
export interface ActivityOptions {
  /**
   * A secret of at least 16 characters. With it no id of a user is stored, only its hash (HMAC-SHA-256, shortened):
   * nobody can tell whose it is without the secret, and it stays the same for as long as the secret does.
   */
  readonly hashIds?: string;
  /** IANA name of the zone whose days and hours are counted: `Asia/Shanghai`. All processes need the same one. Default: `UTC`. */
  readonly timeZone?: string;
  /** Events kept, 10 to 100,000. Default: 10,000. */
  readonly eventLimit?: number;
  /** Characters of JSON that are kept of an event's metadata, 2 to 65,536. Default: 1,024. */
  readonly metadataLimit?: number;
  /** Events that wait for Redis while it is slow or away, 1 or more; others are dropped and counted. Default: 10,000. */
  readonly bufferLimit?: number;
  /**
   * What the keys in Redis begin with; no `{` and `}`, which are put around it. Services that give the same one share
   * their users. Default: `sightline:activity:` and the name of the service.
   */
  readonly keyPrefix?: string;
}
