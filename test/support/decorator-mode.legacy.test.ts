import { expect, test } from 'vitest';

test('legacy tests are compiled with experimentalDecorators', () => {
  const seen: unknown[][] = [];
  const record = (target: object, key: string, descriptor: PropertyDescriptor): void =>
    void seen.push([target, key, descriptor]);

  class Subject {
    @record
    method(): void {}
  }

  expect(seen).toEqual([[Subject.prototype, 'method', expect.objectContaining({ writable: true })]]);
});
