import { followIterable } from '../../core/follow-iterator.js';
import { followPromise } from '../../core/follow-promise.js';
import type { Followers } from '../../core/followers.js';
import type { AnyFunction, Observation } from '../../core/instrument.js';
import { shadow, type Members } from '../../core/shadow.js';

/** Whether an object is a web stream to read from, of this realm or a ponyfill's. */
export function isReadableStream(value: Members): boolean {
  return typeof value['getReader'] === 'function' && typeof value['tee'] === 'function' && typeof value['pipeThrough'] === 'function';
}

/**
 * Follows a web stream, in whatever way it is read. `getReader()` and `for await` are watched item by item.
 * Piping and `tee()` go past the stream's methods, so there a relay stands between, made when it is asked for;
 * it holds nothing and asks for an item when it is asked for one.
 */
export function followReadable(stream: Members, followers: Followers): void {
  const getReader = stream['getReader'] as AnyFunction;
  // LangChain's streams give themselves as their iterator, which reads by a reader: its items must not count twice.
  let isIterated = false;
  shadow(stream, 'getReader', (...args: unknown[]) => {
    const reader = Reflect.apply(getReader, stream, args) as Members;
    if (!isIterated) followReader(reader, followers);
    return reader;
  });
  for (const key of ['values', Symbol.asyncIterator] as const) {
    const iterate = stream[key];
    if (typeof iterate !== 'function') continue;
    const iterating: AnyFunction = function (this: unknown, ...args: unknown[]): unknown {
      isIterated = true;
      return Reflect.apply(iterate, this, args) as unknown;
    };
    followIterable(stream, iterating, followers, key);
  }
  for (const key of ['pipeThrough', 'pipeTo', 'tee'] as const) {
    shadow(stream, key, (...args: unknown[]) => {
      const source = relay(Reflect.apply(getReader, stream, []) as ReadableStreamDefaultReader, followers) as unknown as Members;
      return Reflect.apply(source[key] as AnyFunction, source, args) as unknown;
    });
  }
  const cancel = stream['cancel'];
  if (typeof cancel !== 'function') return;
  shadow(stream, 'cancel', (...args: unknown[]) => {
    // Of a stream that is being read it fails, and the reading goes on.
    if ((stream as { locked?: unknown }).locked !== true) followers.leave(undefined);
    return Reflect.apply(cancel, stream, args) as unknown;
  });
}

/** A stream of what `reader` reads. */
function relay(reader: ReadableStreamDefaultReader, followers: Followers): ReadableStream {
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = (await reader.read()) as { done: boolean; value: unknown };
          if (done) {
            followers.succeed(undefined);
            controller.close();
          } else {
            followers.step(value);
            controller.enqueue(value);
          }
        } catch (error) {
          followers.fail(error);
          controller.error(error);
        }
      },
      cancel(reason) {
        followers.leave(undefined);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function followReader(reader: Members, followers: Followers): void {
  const { read, cancel } = reader;
  if (typeof read === 'function') {
    const step: Observation = {
      restart() {},
      succeed(item) {
        const { done, value } = item as { done?: boolean; value?: unknown };
        if (done) followers.succeed(undefined);
        else followers.step(value);
      },
      fail(error) {
        followers.fail(error);
      },
    };
    shadow(reader, 'read', (...args: unknown[]) => {
      const item = Reflect.apply(read, reader, args) as object;
      return followPromise(item, step) ?? item;
    });
  }
  if (typeof cancel === 'function') {
    shadow(reader, 'cancel', (...args: unknown[]) => {
      followers.leave(undefined);
      return Reflect.apply(cancel, reader, args) as unknown;
    });
  }
}
