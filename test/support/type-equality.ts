/** Whether two types are the same, by the one test that tells `any`, optional and readonly apart. */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless given `true`. */
export type Expect<T extends true> = T;
