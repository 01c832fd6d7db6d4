/**
 * Answers by which Redis says that it can't write now, and has not begun to: it is being loaded, full, a replica, busy or
 * without a quorum. In a script they stand somewhere in the text.
 */
const NOT_NOW = /\b(LOADING|OOM|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS|NOAUTH|NOPERM|UNBLOCKED)\b/;
/** What ioredis says of a command that it has not sent. */
const NOT_SENT = /enableOfflineQueue options is false|^None of startup nodes is available|^Failed to refresh slots cache/;

/** Whether nothing was done, for sure: what was asked for may be asked for again. */
export function wasRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error.name === 'ReplyError' && NOT_NOW.test(error.message)) || NOT_SENT.test(error.message);
}
