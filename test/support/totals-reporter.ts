import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';

/**
 * Ends a run with its totals alone on a line, for whoever reads only the last one:
 * `N passed, N failed, N skipped`.
 */
export default class TotalsReporter implements Reporter {
  #watching = false;

  onInit(vitest: Vitest): void {
    this.#watching = vitest.config.watch;
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    _reason: TestRunEndReason,
  ): void {
    let passed = 0;
    let skipped = 0;
    // Errors outside a test (a file that can't load, a failing hook) must not look like success.
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
    }
    const line = `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
    const print = (): void => void process.stdout.write(line);
    // Coverage and teardown still print after this; a single run waits until they have.
    if (this.#watching) print();
    else process.once('exit', print);
  }
}
