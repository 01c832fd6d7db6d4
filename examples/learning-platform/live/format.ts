/** `3 ms`, `1.24 s` */
export function duration(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1_000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`;
}

/** `1.5 %` */
export function share(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

/** `$0.0123` */
export function dollars(amount: number): string {
  return `$${amount.toFixed(4)}`;
}

/** `1:05` */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Lines of cells: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[], firstWidth: number, otherWidth = 10): string[] {
  return rows.map(row => row.map((cell, i) => (i === 0 ? cell.padEnd(firstWidth) : cell.padStart(otherWidth))).join(' ').trimEnd());
}
