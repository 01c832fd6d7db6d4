import { expect, test } from 'vitest';
import { databaseMonitor } from './set-up.js';

test('decorates methods under experimentalDecorators, static ones too', async () => {
  const { monitor, queries } = databaseMonitor();
  class Users {
    readonly #rows = ['ada'];

    @monitor.monitorDbQuery('select', 'users')
    async all(limit: number): Promise<string[]> {
      return Promise.resolve(this.#rows.slice(0, limit));
    }

    @monitor.monitorDbQuery('delete', 'users')
    static removeAll(): never {
      throw new RangeError('refused');
    }
  }

  expect(await new Users().all(1)).toEqual(['ada']);
  expect(Users.prototype.all).toHaveProperty('length', 1);
  expect(() => Users.removeAll()).toThrow(RangeError);
  expect(queries()).toEqual({ 'select users': 1, 'delete_error users': 1 });
});
