let isReported = false;

/**
 * The shared monitor is made when it is first used, which is in a request. Where that fails (the registry has
 * other metrics of our names) the request goes on unobserved. There is no monitor to report it to then, so it
 * is a warning of the process, once.
 */
export function reportUnusable(error: unknown): void {
  if (isReported) return;
  isReported = true;
  process.emitWarning(`Requests are not observed. ${error instanceof Error ? error.message : String(error)}`, 'SightlineWarning');
}
