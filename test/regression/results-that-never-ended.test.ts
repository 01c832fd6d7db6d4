import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { recorder } from '../core/recorder.js';

describe('the observation ends', () => {
  test('of a stream that was over before it was returned', async () => {
    const { instrument, events } = recorder();
    const stream = Readable.from([]);
    for await (const chunk of stream) throw new Error(String(chunk));
    instrument(() => stream)();

    expect(events).toEqual(['begin', 'succeed undefined']);
  });

  test('of a stream that had failed before it was returned', async () => {
    const { instrument, events } = recorder();
    const stream = new Readable({ read() {} });
    const failed = new Promise(resolve => stream.on('error', resolve));
    stream.destroy(new Error('gone'));
    await failed;
    instrument(() => stream)();

    expect(events).toEqual(['begin', 'fail gone']);
  });

  test('of a stream that does not close when it is done', async () => {
    const { instrument, events } = recorder();
    const stream = new Readable({ autoDestroy: false, emitClose: false, read() { this.push(null); } });
    instrument(() => stream)();
    const ended = new Promise(resolve => stream.on('end', resolve));
    stream.resume();
    await ended;

    expect(events).toEqual(['begin', 'succeed undefined']);
  });

  test('of an old stream, that tells of its error only on the way out', () => {
    const { instrument, events } = recorder();
    const stream = Object.assign(new EventEmitter(), { read() {}, pipe() {}, errored: undefined as Error | undefined });
    // An emitter of another library knows no errorMonitor.
    stream.on('error', () => {});
    instrument(() => stream)();
    stream.errored = new Error('late');
    stream.emit('close');

    expect(events).toEqual(['begin', 'fail late']);
  });

  test('of an async iterable without return, by break', async () => {
    const { instrument, events } = recorder();
    const endless = instrument(() => ({
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }),
    }));
    for await (const value of endless()) if (value === 1) break;

    expect(events).toEqual(['begin', 'restart', 'succeed undefined']);
  });

  test('of an async iterable whose steps are thenables', async () => {
    const { instrument, events } = recorder();
    const steps = [{ done: false, value: 1 }, { done: true, value: 'end' }];
    const iterable = instrument(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => ({ then: (resolve: (step: unknown) => void) => { resolve(steps.shift()); } }) as unknown as Promise<IteratorResult<number>>,
      }),
    }));
    const seen: number[] = [];
    for await (const value of iterable()) seen.push(value);

    expect(seen).toEqual([1]);
    expect(events).toEqual(['begin', 'restart', 'succeed end']);
  });

  test('of an async iterable that throws as its iterator is made', async () => {
    const { instrument, events } = recorder();
    const broken = instrument(() => ({ [Symbol.asyncIterator](): AsyncIterator<number> { throw new Error('lost'); } }));
    await expect(async () => {
      for await (const value of broken()) throw new Error(String(value));
    }).rejects.toThrow('lost');

    expect(events.at(-1)).toBe('fail lost');
  });

  test('of a lazy promise whose then throws', async () => {
    const { instrument, events } = recorder();
    const query = instrument(() => ({ then(): never { throw new Error('not connected'); } }))();

    await expect(query as unknown as Promise<unknown>).rejects.toThrow('not connected');
    expect(events.at(-1)).toBe('fail not connected');
  });

  test('of a promise of the language that has a then of its own, which await does not ask', async () => {
    const { instrument, events } = recorder();
    const promise = Promise.resolve(1);
    promise.then = promise.then.bind(promise);

    expect(await instrument(() => promise)()).toBe(1);
    expect(events).toEqual(['begin', 'succeed 1']);
  });
});

test('a stream that is left by break did not fail', async () => {
  const { instrument, events } = recorder();
  const stream = instrument(() => Readable.from(['a', 'b']))();
  const closed = new Promise(resolve => stream.on('close', resolve));
  for await (const chunk of stream) if (chunk === 'a') break;
  await closed;

  expect(events).toEqual(['begin', 'succeed undefined']);
});
