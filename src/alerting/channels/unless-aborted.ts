import type { Delivery } from './channel.js';

/** Starts what knows no abort signal, and waits for it no longer than the attempt may take. */
export async function unlessAborted(name: string, signal: AbortSignal, work: () => Promise<Delivery>): Promise<Delivery> {
  const tooLong: Delivery = { delivered: false, retryable: true, reason: `${name} took too long` };
  if (signal.aborted) return tooLong;
  let stop = (): void => {};
  const aborted = new Promise<Delivery>(resolve => {
    stop = () => {
      resolve(tooLong);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
