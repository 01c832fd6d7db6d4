/**
 * Thenables of libraries that are not installed here, reduced to what their promises do.
 */

/** Prisma's: an object whose query runs when `then`, `catch` or `finally` is first called, and only then. */
export function createPrismaPromise<T>(query: () => Promise<T>): Promise<T> & { requestTransaction(): Promise<T> } {
  let promise: Promise<T> | undefined;
  const run = (): Promise<T> => {
    try {
      return (promise ??= query());
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as Prisma does
      return Promise.reject(error);
    }
  };
  return {
    then: (onFulfilled, onRejected) => run().then(onFulfilled, onRejected),
    catch: onRejected => run().catch(onRejected),
    finally: onFinally => run().finally(onFinally),
    requestTransaction: () => run(),
    [Symbol.toStringTag]: 'PrismaPromise',
  };
}

/** OpenAI's: a subclass whose request is under way, and whose answer is parsed when it is wanted. */
export class APIPromise<T> extends Promise<T> {
  readonly #response: Promise<{ body: string }>;
  readonly #parse: (response: { body: string }) => T;
  #parsed: Promise<T> | undefined;

  constructor(response: Promise<{ body: string }>, parse: (response: { body: string }) => T) {
    super(resolve => {
      resolve(null as T);
    });
    this.#response = response;
    this.#parse = parse;
  }

  asResponse(): Promise<{ body: string }> {
    return this.#response;
  }

  #parseOnce(): Promise<T> {
    return (this.#parsed ??= this.#response.then(this.#parse));
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#parseOnce().then(onFulfilled, onRejected);
  }

  override catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#parseOnce().catch(onRejected);
  }

  override finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#parseOnce().finally(onFinally);
  }
}

/** Knex's: a builder that is built by chained calls and runs anew at each `then`. */
export class QueryBuilder {
  readonly clauses: string[] = [];
  readonly #run: (clauses: readonly string[]) => Promise<unknown>;

  constructor(run: (clauses: readonly string[]) => Promise<unknown>) {
    this.#run = run;
  }

  where(clause: string): this {
    this.clauses.push(clause);
    return this;
  }

  then<A, B>(onFulfilled?: (value: unknown) => A, onRejected?: (error: unknown) => B): Promise<A | B> {
    return this.#run(this.clauses).then(onFulfilled, onRejected);
  }

  catch<B>(onRejected: (error: unknown) => B): Promise<unknown> {
    return this.then().catch(onRejected);
  }

  finally(onFinally: () => void): Promise<unknown> {
    return this.then().finally(onFinally);
  }
}

/** Bluebird's: eager, no subclass of the language's promise, with a `catch` that takes classes of errors first. */
export class Bluebird<T> {
  readonly #promise: Promise<T>;

  constructor(promise: Promise<T>) {
    this.#promise = promise;
  }

  then<A, B>(onFulfilled?: (value: T) => A, onRejected?: (error: unknown) => B): Bluebird<A | B> {
    return new Bluebird(this.#promise.then(onFulfilled, onRejected));
  }

  catch<B>(...args: unknown[]): Bluebird<T | B> {
    const classes = args.slice(0, -1) as (abstract new () => Error)[];
    const handler = args.at(-1) as (error: unknown) => B;
    return this.then<T, B>(undefined, error => {
      if (classes.length > 0 && !classes.some(type => error instanceof type)) throw error;
      return handler(error);
    });
  }

  /** Goes past `then`, as Bluebird's does. */
  finally(handler: () => unknown): Bluebird<T> {
    return new Bluebird(this.#promise.finally(handler));
  }

  tap(handler: (value: T) => unknown): Bluebird<T> {
    return this.then(async value => {
      await handler(value);
      return value;
    }) as unknown as Bluebird<T>;
  }
}
