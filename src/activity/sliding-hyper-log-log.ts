/** Bits of a hash that choose a register: 32,768 of them err by 0.57 % (one standard deviation). */
const INDEX_BITS = 15;
const REGISTERS = 2 ** INDEX_BITS;
/** One more than the zeros that 32 bits can begin with. */
const TOP_RANK = 33;
/** Beyond, the arrays take no more memory than the map. */
const MOST_SPARSE = 1_024;
/** 1 / (2 ln 2) */
const ALPHA = 0.5 / Math.LN2;

/**
 * Estimates how many different texts were added since any instant. A HyperLogLog whose registers remember when each rank
 * was last seen, instead of only the highest rank, so that one serves every window: a register's value in a window is the
 * highest rank seen in it. While few were added it is a map; at most it takes 128 KB a rank, of which 100,000 users have
 * about 20.
 *
 * The estimate is O. Ertl's, right over the whole range without tables of corrections ("New cardinality estimation
 * algorithms for HyperLogLog sketches", 2017, https://arxiv.org/abs/1702.01284).
 */
export class SlidingHyperLogLog {
  /** Second of the last sighting by rank and register; `undefined` once there are arrays. */
  #sparse: Map<number, number> | undefined = new Map();
  readonly #rows: (Uint32Array | undefined)[] = [];

  /** @param seconds since the epoch, when it was seen */
  add(text: string, seconds: number): void {
    // Two lanes over the text, mixed with each other at the end: one chooses the register, the other the rank.
    let a = 0x9e3779b9 ^ text.length;
    let b = 0x7f4a7c15 ^ text.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x85ebca6b);
      a ^= a >>> 13;
      b = Math.imul(b ^ unit, 0xc2b2ae35);
      b ^= b >>> 16;
    }
    const first = mix(a ^ (b >>> 7));
    const second = mix(b + first);
    this.#note(Math.clz32(second) + 1, first >>> (32 - INDEX_BITS), seconds);
  }

  /** About how many texts were added at this second or later. */
  countSince(seconds: number): number {
    // In the arrays 0 is what was never seen.
    const since = Math.max(seconds, 1);
    return estimate(this.#sparse === undefined ? this.#countRows(since) : this.#countSparse(this.#sparse, since));
  }

  #note(rank: number, register: number, seconds: number): void {
    if (this.#sparse !== undefined) {
      const key = rank * REGISTERS + register;
      if (!(seconds <= (this.#sparse.get(key) ?? -1))) this.#sparse.set(key, seconds);
      if (this.#sparse.size > MOST_SPARSE) this.#makeDense(this.#sparse);
      return;
    }
    const row = (this.#rows[rank] ??= new Uint32Array(REGISTERS));
    // A clock may be set back.
    if (seconds > (row[register] as number)) row[register] = seconds;
  }

  #makeDense(sparse: ReadonlyMap<number, number>): void {
    this.#sparse = undefined;
    for (const [key, seconds] of sparse) this.#note(Math.floor(key / REGISTERS), key % REGISTERS, seconds);
  }

  #countSparse(sparse: ReadonlyMap<number, number>, since: number): number[] {
    const ranks = new Map<number, number>();
    for (const [key, seconds] of sparse) {
      if (seconds < since) continue;
      const rank = Math.floor(key / REGISTERS);
      const register = key % REGISTERS;
      if (rank > (ranks.get(register) ?? 0)) ranks.set(register, rank);
    }
    const registersOf = new Array<number>(TOP_RANK + 1).fill(0);
    for (const rank of ranks.values()) (registersOf[rank] as number)++;
    registersOf[0] = REGISTERS - ranks.size;
    return registersOf;
  }

  #countRows(since: number): number[] {
    const registersOf = new Array<number>(TOP_RANK + 1).fill(0);
    const isCounted = new Uint8Array(REGISTERS);
    let left = REGISTERS;
    for (let rank = TOP_RANK; rank > 0; rank--) {
      const row = this.#rows[rank];
      if (row === undefined) continue;
      let count = 0;
      for (let register = 0; register < REGISTERS; register++) {
        if ((row[register] as number) < since || isCounted[register] === 1) continue;
        isCounted[register] = 1;
        count++;
      }
      registersOf[rank] = count;
      left -= count;
    }
    registersOf[0] = left;
    return registersOf;
  }
}

/** Spreads each bit over all 32; the result is not negative. */
function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** @param registersOf by rank, how many registers have it; rank 0 is an empty one */
function estimate(registersOf: readonly number[]): number {
  let sum = REGISTERS * tau(1 - (registersOf[TOP_RANK] as number) / REGISTERS);
  for (let rank = TOP_RANK - 1; rank > 0; rank--) sum = (sum + (registersOf[rank] as number)) / 2;
  sum += REGISTERS * sigma((registersOf[0] as number) / REGISTERS);
  return Math.round((ALPHA * REGISTERS * REGISTERS) / sum);
}

/** What the empty registers add: the sum of x^(2^k) · 2^(k-1), and x. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let sum = share;
  for (let power = share, factor = 1, before = NaN; sum !== before; factor *= 2) {
    power *= power;
    before = sum;
    sum += power * factor;
  }
  return sum;
}

/** What the registers at the top rank add. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let sum = 1 - share;
  for (let root = share, factor = 1, before = NaN; sum !== before; ) {
    root = Math.sqrt(root);
    before = sum;
    factor /= 2;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}
