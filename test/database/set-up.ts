import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { expect } from 'vitest';
import type { MonitorOptions } from '../../src/monitor.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

/** A monitor with what the tests of databases look at. */
export interface DatabaseMonitor extends TestMonitor {
  /** `db_queries_total`: `select users` → 1. Every query counted there was timed too. */
  queries(): Record<string, number>;
  /** What of Sightline's own went wrong. */
  faults(): Record<string, number>;
}

export function databaseMonitor(options: MonitorOptions = {}): DatabaseMonitor {
  const test = testMonitor(options);
  return {
    ...test,
    queries() {
      const counted = test.series('db_queries_total');
      expect(test.series('db_query_duration_seconds')).toEqual(counted);
      return counted;
    },
    faults: () => test.series('sightline_errors_total'),
  };
}

/** A monitor whose finished spans can be read. */
export function tracedMonitor(): DatabaseMonitor & { spans(): Promise<ReadableSpan[]> } {
  const exporter = new InMemorySpanExporter();
  const test = databaseMonitor({ tracing: { exporter } });
  return {
    ...test,
    async spans() {
      await test.monitor.tracing.flush();
      return exporter.getFinishedSpans();
    },
  };
}

/** Waits for what a process-wide event tells of a callback that throws, or of a rejection nobody handles. */
export async function nextProcessEvent(event: 'uncaughtException' | 'unhandledRejection', cause: () => void): Promise<unknown> {
  // Not for the test runner's ears.
  const listeners = process.listeners(event as 'uncaughtException');
  process.removeAllListeners(event);
  try {
    return await new Promise(resolve => {
      process.once(event as 'uncaughtException', resolve);
      cause();
    });
  } finally {
    for (const listener of listeners) process.on(event as 'uncaughtException', listener);
  }
}

/** The promise of what a driver hands to a callback. */
export function byCallback<T>(call: (callback: (error: Error | null | undefined, result: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
