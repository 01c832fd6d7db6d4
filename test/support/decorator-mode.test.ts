import { expect, test } from 'vitest';

test('tests are compiled with TC39 decorators', () => {
  const contexts: unknown[] = [];
  const record = (_method: unknown, context: unknown): void => void contexts.push(context);

  class Subject {
    @record
    method(): void {}
  }

  expect(Subject).toBeDefined();
  expect(contexts).toEqual([expect.objectContaining({ kind: 'method', name: 'method' })]);
});
