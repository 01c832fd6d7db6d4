import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanUp, only, setUpInMemory } from './set-up.js';

let harness: ReturnType<typeof setUpInMemory>;
beforeEach(() => {
  harness = setUpInMemory();
});
afterEach(cleanUp);

// Decorators are evaluated with the class, so each test has its own.
const traceFunction: ReturnType<typeof setUpInMemory>['tracing']['traceFunction'] = (...args) =>
  harness.tracing.traceFunction(...args);

test('a method: its name, and its class, which the decorator sees', async () => {
  class Grader {
    constructor(readonly bonus: number) {}

    @traceFunction('grade.parse', { kind: 'cet4' })
    grade(points: number): number {
      return points + this.bonus;
    }
  }
  class StrictGrader extends Grader {}

  expect(new StrictGrader(1).grade(2)).toBe(3);
  const { name, attributes } = only(await harness.finished());
  expect(name).toBe('grade.parse');
  expect(attributes).toEqual({ kind: 'cet4', 'function.name': 'grade', 'function.module': 'Grader', success: true });
});

test('a static method', async () => {
  class Grader {
    @traceFunction()
    static make(): number {
      return 1;
    }
  }

  expect(Grader.make()).toBe(1);
  expect(only(await harness.finished())).toMatchObject({ name: 'make', attributes: { 'function.module': 'Grader' } });
});

test('an asynchronous method that fails', async () => {
  class Grader {
    @traceFunction()
    async grade(): Promise<void> {
      await Promise.resolve();
      throw new TypeError('no');
    }
  }

  await expect(new Grader().grade()).rejects.toThrow('no');
  expect(only(await harness.finished()).attributes).toMatchObject({ success: false, 'error.type': 'TypeError', 'error.message': 'no' });
});

test('a wrapper works the same in this mode', async () => {
  traceFunction('wrapped')(() => 1)();

  expect(only(await harness.finished()).attributes['function.module']).toBe('test/tracing/trace-function.legacy.test.ts');
});
