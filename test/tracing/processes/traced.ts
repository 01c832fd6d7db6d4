// A process of its own for process.test.ts: makes spans as its argument says, and has nothing else to do.
import { createRequire } from 'node:module';
import { systemClock } from '../../../src/core/clock.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { createTracing, type TracingSettings } from '../../../src/tracing/tracing.js';

export interface Plan {
  /** `silent`: an exporter that never answers and keeps nothing running. */
  readonly options?: TracingSettings['options'] | 'silent';
  readonly spans: number;
  readonly close: boolean;
}

const { options, spans, close } = JSON.parse(process.argv[2] ?? '') as Plan;
const totals: Record<string, number> = {};
const names: string[] = [];
const silent = { export() {}, shutdown: () => new Promise<void>(() => {}) };
const tracing = createTracing({
  service: 'test',
  options: options === 'silent' ? { exporter: silent, exportTimeout: '200ms' } : options,
  clock: systemClock,
  diagnostics: new Diagnostics({ warn() {} }, systemClock),
  metrics: {
    counter: () => ({
      slot: (_, result) => names.push(result) - 1,
      add: (slot, value = 1) => {
        const result = names[slot] ?? '';
        totals[result] = (totals[result] ?? 0) + value;
      },
    }),
  },
});
for (let i = 0; i < spans; i++) tracing.tracer.startSpan('x').end();
if (close) await tracing.close();

const loaded = Object.keys(createRequire(import.meta.url).cache).filter(file => /opentelemetry.(?:sdk|exporter|otlp)/.test(file));
console.log(JSON.stringify({ totals, active: tracing.active, loaded: loaded.length }));
