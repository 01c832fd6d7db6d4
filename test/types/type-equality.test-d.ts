import type { Equal, Expect } from '../support/type-equality.js';

export type Same = [
  Expect<Equal<string, string>>,
  Expect<Equal<{ a?: 1 }, { a?: 1 }>>,
];

export type Different = [
  // @ts-expect-error any is not string
  Expect<Equal<any, string>>,
  // @ts-expect-error readonly matters
  Expect<Equal<{ readonly a: 1 }, { a: 1 }>>,
  // @ts-expect-error so does an optional property
  Expect<Equal<{ a?: 1 }, { a: 1 | undefined }>>,
];
