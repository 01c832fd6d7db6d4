import { once } from 'node:events';
import { addAbortSignal, Duplex, PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test, vi } from 'vitest';
import { recorder } from './recorder.js';

describe('a Node stream', () => {
  test('counts when it is read to its end', async () => {
    const { instrument, events } = recorder();
    const stream = Readable.from(['a', 'b']);
    const result = instrument(() => stream)();
    expect(result).toBe(stream);
    expect(events).toEqual(['begin']);
    const chunks: unknown[] = [];
    for await (const chunk of result) chunks.push(chunk);

    expect(chunks).toEqual(['a', 'b']);
    expect(events).toEqual(['begin', 'succeed undefined']);
  });

  test('does not flow because of us', () => {
    const { instrument } = recorder();

    expect(instrument(() => Readable.from(['a']))().readableFlowing).toBeNull();
  });

  test('fails with its error, which is still unhandled where nobody handles it', () => {
    const { instrument, ends } = recorder();
    const stream = instrument(() => new Readable({ read() {} }))();
    const error = new Error('disk');

    // An EventEmitter throws what nobody listens for.
    expect(() => stream.emit('error', error)).toThrow(error);
    expect(ends).toEqual([{ how: 'fail', value: error }]);
    expect(stream.listenerCount('error')).toBe(0);
  });

  test('fails once, however much goes wrong', async () => {
    const { instrument, ends } = recorder();
    const stream = instrument(() => new Readable({ read() {} }))();
    const error = new Error('disk');
    stream.on('error', () => {});
    stream.destroy(error);
    await once(stream, 'close').catch(() => {});
    stream.emit('error', new Error('again'));

    expect(ends).toEqual([{ how: 'fail', value: error }]);
  });

  test('that is left early ends there', async () => {
    const { instrument, events } = recorder();
    const stream = instrument(() => Readable.from(['a', 'b']))();
    const closed = new Promise(resolve => stream.on('close', resolve));
    for await (const chunk of stream) if (chunk === 'a') break;
    await closed;

    expect(stream.destroyed).toBe(true);
    expect(events).toEqual(['begin', 'succeed undefined']);
  });

  test('that is aborted by a signal fails', async () => {
    const { instrument, ends } = recorder();
    const abort = new AbortController();
    const stream = instrument(() => addAbortSignal(abort.signal, new Readable({ read() {} })))();
    const failed = new Promise(resolve => stream.on('error', resolve));
    abort.abort();

    expect(ends).toEqual([{ how: 'fail', value: await failed }]);
  });

  test('that is destroyed ends there', async () => {
    const { instrument, events } = recorder();
    const stream = instrument(() => new Readable({ read() {} }))();
    stream.destroy();
    await once(stream, 'close');

    expect(events).toEqual(['begin', 'succeed undefined']);
  });

  test('counts through a pipeline', async () => {
    const { instrument, events } = recorder();
    const written: string[] = [];
    await pipeline(
      instrument(() => Readable.from(['a', 'b']))(),
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          written.push(chunk.toString());
          done();
        },
      }),
    );

    expect(written).toEqual(['a', 'b']);
    expect(events).toEqual(['begin', 'succeed undefined']);
  });

  test('of both directions ends when both do', async () => {
    const { instrument, events } = recorder();
    const socket = instrument(() => new Duplex({ read() {}, write: (_chunk, _encoding, done) => { done(); } }))();
    socket.push(null);
    socket.resume();
    await once(socket, 'end');
    expect(events).toEqual(['begin']);

    socket.end();
    await once(socket, 'close');
    expect(events).toEqual(['begin', 'succeed undefined']);
  });

  test('that transforms ends when all is read', async () => {
    const { instrument, events } = recorder();
    const through = instrument(() => new PassThrough())();
    through.end('a');
    for await (const chunk of through) expect(String(chunk)).toBe('a');

    expect(events).toEqual(['begin', 'succeed undefined']);
  });
});

describe('a web stream', () => {
  test('is the very same object, and counts when it is returned: it may be read in many ways', async () => {
    const { instrument, events } = recorder();
    const stream = new ReadableStream<string>({
      start(controller) {
        controller.enqueue('a');
        controller.close();
      },
    });
    const result = instrument(() => stream)();

    expect(result).toBe(stream);
    expect(events).toEqual(['begin', 'succeed object']);
    expect(await result.getReader().read()).toEqual({ value: 'a', done: false });
    expect(Reflect.ownKeys(stream).filter(key => key === Symbol.asyncIterator)).toEqual([]);
  });

  test('in a Response', async () => {
    const { instrument, events } = recorder();
    const response = await instrument(async () => new Response('body'))();

    expect(await response.text()).toBe('body');
    expect(events).toEqual(['begin', 'succeed object']);
  });
});

test('an emitter that is no stream counts when it is returned', () => {
  const { instrument, events } = recorder();
  const emitter = { once: vi.fn(), on: vi.fn() };

  expect(instrument(() => emitter)()).toBe(emitter);
  expect(emitter.once).not.toHaveBeenCalled();
  expect(events).toEqual(['begin', 'succeed object']);
});
