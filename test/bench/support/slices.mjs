// @ts-check

/**
 * Something measured in slices. A slice does the work `times` times and answers what one time cost.
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {(times: number) => number | Promise<number>} slice
 */

/**
 * Runs slices of several subjects in turn, so that all of them meet the same machine: A B C, then C B A, and so on.
 *
 * @param {readonly Subject[]} subjects
 * @param {{ slices: number, times: number, warmUp: number }} plan slices a subject; times a slice; slices thrown away first
 * @returns {Promise<Map<string, number[]>>} the costs by subject
 */
export async function interleave(subjects, { slices, times, warmUp }) {
  /** @type {Map<string, number[]>} */
  const costs = new Map(subjects.map(({ name }) => [name, []]));
  for (let i = 0; i < warmUp + slices; i++) {
    for (const { name, slice } of i % 2 === 0 ? subjects : subjects.toReversed()) {
      const cost = await slice(times);
      if (i >= warmUp) costs.get(name)?.push(cost);
    }
  }
  return costs;
}

/**
 * CPU time of synchronous work, in nanoseconds a time. CPU time rather than elapsed time: what else runs on the
 * machine counts less.
 *
 * @param {(times: number) => void} work
 * @returns {(times: number) => number}
 */
export function cpuNanoseconds(work) {
  return times => {
    const start = process.cpuUsage();
    work(times);
    const { user, system } = process.cpuUsage(start);
    return ((user + system) * 1_000) / times;
  };
}
