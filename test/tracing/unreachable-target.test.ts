import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { refusedUrl, startHangingTarget, startHttpTarget } from '../support/http-target.js';
import { ManualClock } from '../support/manual-clock.js';
import { cleanUp, only, setUpTracing } from './set-up.js';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await cleanUp();
  await Promise.all(closing.splice(0).map(item => item.close()));
});

/** Bytes in use after a garbage collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

/** An exporter that keeps what it is given, and answers when told to. */
class HeldExporter implements SpanExporter {
  readonly batches: { spans: ReadableSpan[]; done: (result: { code: number; error?: Error }) => void }[] = [];
  shutdowns = 0;

  export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void {
    this.batches.push({ spans, done });
  }

  async shutdown(): Promise<void> {
    this.shutdowns++;
  }
}

describe.each(['otlp', 'jaeger'] as const)('a collector (%s)', exporter => {
  async function urlOf(target: string): Promise<string> {
    if (target === 'that refuses connections') return refusedUrl();
    const started =
      target === 'that never answers'
        ? await startHangingTarget()
        : await startHttpTarget((_, __, response) => {
            response.writeHead(target.includes('429') ? 429 : 500, { 'retry-after': '60' }).end('no');
          });
    closing.push(started);
    return started.url;
  }

  test.each(['that refuses connections', 'that never answers', 'that answers 500', 'that answers 429'])(
    '%s: the app goes on, its spans count as failed, the log says so once, and close ends',
    async target => {
      const { tracing, spansTotal, errorsTotal, log } = setUpTracing({
        options: { exporter, endpoint: await urlOf(target), exportTimeout: '200ms' },
      });
      const work = tracing.traceFunction('work')(async () => Promise.resolve('done'));

      expect(await work()).toBe('done');
      await tracing.flush();
      expect(spansTotal()).toEqual({ [`${exporter} failed`]: 1 });
      expect(await work()).toBe('done');
      await tracing.close();
      expect(spansTotal()).toEqual({ [`${exporter} failed`]: 2 });
      expect(only(log)).toMatch(/^\[sightline\] tracing: 1 span could not be sent to http:\/\/127\.0\.0\.1:\d+\/\S+: ./);
      // No fault of Sightline's.
      expect(errorsTotal()).toEqual({});
    },
  );
});

describe('an exporter of the app', () => {
  test('counts as custom', async () => {
    const exporter = new HeldExporter();
    const { tracing, spansTotal } = setUpTracing({ options: { exporter } });
    tracing.tracer.startSpan('x').end();
    const flushed = tracing.flush();
    only(exporter.batches).done({ code: 0 });
    await flushed;

    expect(spansTotal()).toEqual({ 'custom exported': 1 });
  });

  test('that throws, never answers or answers twice is no harm', async () => {
    const clock = new ManualClock();
    const exporter = new HeldExporter();
    const { tracing, spansTotal, log } = setUpTracing({ options: { exporter, exportTimeout: '10s' }, clock });
    tracing.tracer.startSpan('answered twice').end();
    let flushed = tracing.flush();
    exporter.batches[0]?.done({ code: 0 });
    exporter.batches[0]?.done({ code: 1 });
    await flushed;
    expect(spansTotal()).toEqual({ 'custom exported': 1 });

    tracing.tracer.startSpan('never answered').end();
    flushed = tracing.flush();
    clock.advance(10_000);
    await flushed;
    exporter.batches[1]?.done({ code: 0 });
    expect(spansTotal()).toEqual({ 'custom exported': 1, 'custom failed': 1 });

    exporter.export = () => {
      throw new Error('broken');
    };
    tracing.tracer.startSpan('thrown at').end();
    await tracing.flush();
    expect(spansTotal()).toEqual({ 'custom exported': 1, 'custom failed': 2 });
    expect(only(log)).toContain('no answer within 10000 ms');
  });

  test('whose shutdown hangs or fails does not keep close from ending, and is shut down once', async () => {
    const clock = new ManualClock();
    const hanging = new HeldExporter();
    let shutdowns = 0;
    hanging.shutdown = () => {
      shutdowns++;
      return new Promise(() => {});
    };
    const first = setUpTracing({ options: { exporter: hanging, exportTimeout: '10s' }, clock });
    const closed = first.tracing.close();
    await expect.poll(() => shutdowns).toBe(1);
    clock.advance(10_000);
    await closed;
    expect(shutdowns).toBe(1);

    const failing = new HeldExporter();
    failing.shutdown = () => Promise.reject(new Error('no'));
    await setUpTracing({ options: { exporter: failing } }).tracing.close();
  });

  test('that does not answer while it is closed: its spans count as failed when the time is up', async () => {
    const clock = new ManualClock();
    const exporter = new HeldExporter();
    const { tracing, spansTotal } = setUpTracing({ options: { exporter, exportTimeout: '10s' }, clock });
    for (let i = 0; i < 600; i++) tracing.tracer.startSpan('x').end();
    // One batch is under way since half the time.
    clock.advance(5_000);
    const closed = tracing.close();
    await expect.poll(() => exporter.batches.length).toBe(2);
    clock.advance(10_000);
    await closed;

    expect(spansTotal()).toEqual({ 'custom failed': 600 });
    expect(exporter.shutdowns).toBe(1);
  });
});

describe('a queue that is full', () => {
  test('drops further spans, counts them, and says so once', async () => {
    const exporter = new HeldExporter();
    const { tracing, spansTotal, log } = setUpTracing({ options: { exporter, maxQueueSize: 20 } });
    for (let i = 0; i < 50; i++) tracing.tracer.startSpan('x').end();

    // 20 fill the queue and leave it as a batch; 20 more fill it again.
    expect(spansTotal()).toEqual({ 'custom dropped': 10 });
    expect(only(log)).toContain('20 are waiting for export');
    const flushed = tracing.flush();
    for (const { done } of exporter.batches) done({ code: 0 });
    await flushed;
    expect(spansTotal()).toEqual({ 'custom dropped': 10, 'custom exported': 40 });

    // There is room again.
    tracing.tracer.startSpan('x').end();
    const again = tracing.flush();
    exporter.batches.at(-1)?.done({ code: 0 });
    await again;
    expect(spansTotal()).toEqual({ 'custom dropped': 10, 'custom exported': 41 });
  });

  test('200,000 spans while the target is down: all are accounted for, and memory stays bounded', { timeout: 30_000 }, async () => {
    const { tracing, spansTotal } = setUpTracing({
      options: { exporter: 'otlp', endpoint: await refusedUrl(), exportTimeout: '200ms' },
    });
    const before = heapUsed();
    for (let burst = 0; burst < 20; burst++) {
      for (let i = 0; i < 10_000; i++) tracing.tracer.startSpan('x', { attributes: { burst, i } }).end();
      await new Promise(setImmediate);
    }
    // Kept, these spans would take more than 200 MB.
    expect(heapUsed() - before).toBeLessThan(30_000_000);
    await tracing.close();

    const { 'otlp failed': failed = 0, 'otlp dropped': dropped = 0, ...others } = spansTotal();
    expect(failed + dropped).toBe(200_000);
    expect(dropped).toBeGreaterThan(100_000);
    expect(others).toEqual({});
  });

  test('spans that are not sampled do not count', async () => {
    const { tracing, spansTotal } = setUpTracing({ options: { exporter: new HeldExporter(), maxQueueSize: 1, sampleRatio: 0 } });
    for (let i = 0; i < 10; i++) tracing.tracer.startSpan('x').end();
    await tracing.flush();

    expect(spansTotal()).toEqual({});
  });
});

test('a span that ends after close is not sent, and not counted', async () => {
  const exporter = new HeldExporter();
  const { tracing, spansTotal } = setUpTracing({ options: { exporter, maxQueueSize: 1 } });
  const late = [tracing.tracer.startSpan('x'), tracing.tracer.startSpan('y')];
  await tracing.close();
  for (const span of late) span.end();

  expect(exporter.batches).toEqual([]);
  expect(spansTotal()).toEqual({});
});

test('the exporter none makes spans and sends nothing', async () => {
  const { tracing, spansTotal } = setUpTracing({ options: { exporter: 'none' } });
  const span = tracing.tracer.startSpan('x');
  expect(span.isRecording()).toBe(true);
  span.end();
  await tracing.flush();
  await tracing.close();

  expect(spansTotal()).toEqual({});
});
